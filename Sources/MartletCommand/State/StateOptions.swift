import ArgumentParser
import MQTTClient
import StateStoreClient

/// What the subcommands of `martlet state` share.
struct StateOptions: ParsableArguments {
    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @Option(help: ArgumentHelp("How long the store may take to answer.", valueName: "seconds"))
    var timeout = 10.0

    @Flag(help: "Results as one JSON object a line.")
    var json = false

    @Flag(help: "Keys and values are written and read as hexadecimal digits.")
    var hex = false

    @Flag(help: "Keys and values are written and read as Base64.")
    var base64 = false

    func validate() throws {
        guard timeout > 0, timeout.isFinite else { throw ValidationError("--timeout is more than 0") }
        guard !hex || !base64 else { throw ValidationError("--hex and --base64 do not go together") }
    }

    /// How bytes stand on the command line and in results.
    var notation: ByteNotation { hex ? .hexadecimal : base64 ? .base64 : .text }

    /// The bytes of an argument.
    ///
    /// - Parameters:
    ///   - text: The argument.
    ///   - what: What it is, for the error.
    /// - Returns: The bytes.
    /// - Throws: `ValidationError`.
    func bytes(_ text: String, of what: String) throws -> [UInt8] {
        guard let bytes = notation.bytes(text) else {
            throw ValidationError("the \(what) '\(text)' is not \(notation.name)")
        }
        return bytes
    }

    func key(_ text: String) throws -> StateStoreKey {
        let key = StateStoreKey(try bytes(text, of: "key"))
        if key.bytes.isEmpty { throw ValidationError("the key is empty") }
        return key
    }

    static func version(_ text: String?) throws -> StateStoreVersion? {
        guard let text else { return nil }
        guard let version = StateStoreVersion(text) else {
            throw ValidationError("'\(text)' is no version; one looks like 001696374425000:00001:StateStore")
        }
        return version
    }

    /// Connects, runs the closure, and says in words what the store refuses.
    ///
    /// - Parameter body: What to do with the store.
    /// - Throws: ``CommandFailure``, or what the closure throws.
    func run(_ body: @escaping @Sendable (StateStoreClient) async throws -> Void) async throws {
        let logger = connection.logger(for: "state")
        var configuration = try connection.configuration(for: "state")
        configuration.userProperties = [MQTTUserProperty("martlet", "1")]
        let settings = configuration
        let timeout = Duration.seconds(timeout)
        try await SignalledRun<Void>.run(logger: logger) {
            try await MQTTClient.withConnection(settings, logger: logger, endingSession: true) { client in
                var configuration = StateStoreClientConfiguration()
                configuration.timeout = timeout
                do {
                    try await body(StateStoreClient(client: client, configuration: configuration, logger: logger))
                } catch let error as StateStoreError {
                    throw CommandFailure(Self.words(error))
                }
            }
        }
    }

    static func words(_ error: StateStoreError) -> String {
        switch error.code {
        case .timedOut:
            "no state store answered in time; Martlet's broker has one, beside another broker run 'martlet state-store'"
        case .outcomeUnknown: "\(error.message); look with 'martlet state get' before you try again"
        case .fencingTokenRequired, .fenced: "\(error.message) (--fencing-token)"
        default: error.message
        }
    }

    /// The exit code for a key that is not there, or a condition that did not hold.
    static let notThere = ExitCode(3)
}
