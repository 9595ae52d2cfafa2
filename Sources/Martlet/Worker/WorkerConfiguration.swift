public import CoreMetrics
public import MQTTClient
public import Tracing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that a worker can be told before it runs.
public struct WorkerConfiguration: Sendable {
    /// What bounds a worker.
    public enum Limits {
        /// The most threads.
        public static let maximumThreads = 1024
        /// The most slots: what Receive Maximum can say (MQTT 5.0 §3.1.2.11.3).
        public static let maximumSlots = 65_535
        /// How many threads that a handler holds past its deadline get a substitute at a time, for each thread
        /// of the pool.
        public static let substitutesPerThread = 1
    }

    /// The name of the worker: all replicas have the same.
    public var name: String
    /// Where the broker is.
    public var broker: MQTTEndpoint = .tcp(host: "127.0.0.1", port: 1883)
    /// The user name to authenticate with.
    public var username: String?
    /// The password to authenticate with.
    public var password: String?
    /// What tells this replica from the others, the same after each restart; `nil` to have one chosen on this machine.
    ///
    /// The broker keeps the replica's session by it. Without one, a replica takes `HOST-N` with the lowest N
    /// that no other running replica of this worker has on this machine: three replicas are 0, 1 and 2, and one
    /// that is started again takes the number that became free. Where the host's name changes with each start
    /// (containers), give a stable one, for example the ordinal of a stateful set.
    public var replica: String?
    /// The shared group of handlers that name none; `nil` for the worker's name.
    public var group: String?
    /// How many threads run handlers.
    public var threads: Int = Self.defaultThreads
    /// How many messages the worker holds at once, which is the Receive Maximum; `nil` for ``slotsPerThread``
    /// for each thread.
    public var slots: Int?
    /// How long a worker that is asked to stop waits for the handlers that run.
    public var grace: Duration = .seconds(30)
    /// How long one attempt of a handler may take before it is cancelled; `nil` for as long as it takes.
    public var deadline: Duration? = .seconds(300)
    /// How failed messages are tried again.
    public var retry: RetryPolicy = RetryPolicy()
    /// Below which topic dead letters go: to `ROOT/GROUP/TOPIC`.
    public var deadLetterRoot: String = "martlet/dead-letter"
    /// The least that the worker must be able to promise; it refuses to start on less.
    public var require: GuaranteeLevel = .standard
    /// Below which name the state of this worker stands in the store; the worker's name if none is given.
    ///
    /// Workers of one root share their state.
    public var stateRoot: String?
    /// In which folder the replica keeps a checkpoint of its state; `nil` for none.
    ///
    /// With one, a restarted replica knows the state at once, and a store that lost everything can be seeded again.
    public var stateDirectory: String?
    /// How many bytes the checkpoint may have; past it, what was used longest ago goes.
    public var checkpointSize: Int64 = 4 << 30
    /// How long a store that lost its content is not used while replicas that are known have not put back what they know.
    public var seedingPatience: Duration = .seconds(10)
    /// How long a commit for which the broker or its state store has no room is tried again, in its slot; past it the attempt has
    /// failed like one whose handler threw.
    public var quotaPatience: Duration = .seconds(60)
    /// About how many bytes of state are kept in memory.
    public var stateMemory: Int = 64 << 20
    /// Which user property of a message is its identifier, where the broker gives none (level B): `martlet-id`, or for example
    /// `id` where messages are CloudEvents.
    public var messageIdentifierProperty: String = "martlet-id"
    /// How long the broker keeps the session of a replica that is away.
    public var sessionExpiry: Duration = .seconds(86_400)
    /// The longest silence before the client shows that it is alive.
    public var keepAlive: Duration = .seconds(30)
    /// The largest message that the worker takes, in bytes, topic and properties included.
    public var maximumPacketSize: Int = 16 << 20
    /// How long the client waits before it connects again.
    public var backoff: MQTTBackoff = MQTTBackoff(base: .milliseconds(50), cap: .seconds(5))
    /// The clock by which the worker waits and measures.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// Numbers from 0 up to 1, for the jitter of retries.
    public var randomness: @Sendable () -> Double = { Double.random(in: 0..<1) }
    /// Makes the metrics; `nil` for the process's own factory.
    public var metricsFactory: (any MetricsFactory)?
    /// Makes the spans; `nil` for the process's own tracer.
    public var tracer: (any Tracer)?

    /// Whether the worker asks for what Martlet's broker offers beyond the standard; a test of level B does not.
    package var asksForExtension = true
    /// Called between the steps of each handling: where a test lets the worker die.
    package var onStep: (@Sendable (HandlingStep) async -> Void)?

    /// How many slots belong to each thread when none are given.
    ///
    /// Handlers that wait for something leave their thread to others, so there are more slots than threads; and
    /// each slot more is a message more that comes again after a crash.
    public static let slotsPerThread = 8

    /// As many threads as processors, and no fewer than two, so that one handler that blocks does not stop all others.
    public static let defaultThreads = max(2, min(ProcessInfo.processInfo.activeProcessorCount, Limits.maximumThreads))

    /// Makes a configuration with a default for everything else.
    ///
    /// - Parameter name: The name of the worker.
    public init(name: String) {
        self.name = name
    }

    /// How many messages the worker holds at once.
    public var effectiveSlots: Int {
        slots ?? min(threads * Self.slotsPerThread, Limits.maximumSlots)
    }

    /// Where dead letters of a group go, without the original's topic.
    ///
    /// - Parameter group: The group.
    /// - Returns: The first levels of the topic.
    func deadLetterPrefix(group: String) -> String {
        "\(deadLetterRoot)/\(group)"
    }
}
