import Logging
import MQTTTransport
import Metrics
import NIOCore
import Synchronization

/// A listener of a running broker: its count of connections, and what a reload may change of it.
final class OpenListener: ConnectionGate {
    /// What bounds its log.
    private enum Limits {
        /// Failed handshakes logged a second; more are only counted.
        static let loggedFailures = 10
    }

    /// The number that its connections carry (``ConnectionOrigin/listener``).
    let number: Int
    let configuration: BrokerListener
    let tls: ServerTLS?
    let stack: ServerStack
    /// Whether its clients must prove who they are.
    let authenticates: Bool

    private struct State {
        var connections = 0
        var limit: Int
        var second: Int64 = 0
        var logged = 0
    }

    private let state: Mutex<State>
    private let logger: Logger
    private let open: Gauge
    private let refused: Counter
    private let failures: [HandshakeFailure.Stage: Counter]

    /// Reads what the listener needs; opens nothing.
    ///
    /// - Throws: ``BrokerError`` that names the listener and what is wrong.
    init(
        _ listener: BrokerListener,
        number: Int,
        authenticates: Bool,
        logger: Logger
    ) throws(BrokerError) {
        self.number = number
        self.configuration = listener
        self.authenticates = authenticates
        self.logger = logger
        do throws(TransportError) {
            tls = try listener.makeTLS()
            stack = try listener.makeStack(tls)
        } catch {
            throw BrokerError(.configuration, "listener '\(listener.name)': \(error.message)", cause: error)
        }
        state = Mutex(State(limit: listener.limits.connections))
        let dimensions = [("listener", listener.name)]
        open = Gauge(label: "martlet_broker_listener_connections", dimensions: dimensions)
        refused = Counter(label: "martlet_broker_listener_refused_total", dimensions: dimensions)
        let stages: [HandshakeFailure.Stage] = [.proxyProtocol, .tls, .webSocket, .deadline]
        failures = Dictionary(
            uniqueKeysWithValues: stages.map { stage in
                let label = "martlet_broker_handshakes_failed_total"
                return (stage, Counter(label: label, dimensions: dimensions + [("stage", stage.rawValue)]))
            }
        )
    }

    /// Connections that are open, handshakes included.
    var connections: Int { state.withLock { $0.connections } }

    /// Takes another limit; who is there stays.
    func setLimits(_ limits: BrokerListenerLimits) {
        state.withLock { $0.limit = limits.connections }
    }

    // MARK: The gate

    func admits(_ peer: SocketAddress?) -> Bool {
        let count: Int? = state.withLock { state in
            guard state.connections < state.limit else { return nil }
            state.connections += 1
            return state.connections
        }
        guard let count else {
            refused.increment()
            return false
        }
        open.record(count)
        return true
    }

    func left() {
        let count = state.withLock { state in
            state.connections -= 1
            return state.connections
        }
        open.record(count)
    }

    func failed(_ failure: HandshakeFailure) {
        failures[failure.stage]?.increment()
        let now = wallMilliseconds() / 1_000
        let isLogged = state.withLock { state in
            if state.second != now {
                state.second = now
                state.logged = 0
            }
            state.logged += 1
            return state.logged <= Limits.loggedFailures
        }
        guard isLogged else { return }
        logger.info(
            "A connection ended within its handshake",
            metadata: [
                "listener": "\(configuration.name)", "stage": "\(failure.stage.rawValue)",
                "peer": "\(failure.peer?.ipAddress ?? "unix")", "reason": "\(failure.message)",
            ]
        )
    }
}
