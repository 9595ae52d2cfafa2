import MartletBroker

/// The file of `martlet broker --config`: JSON or YAML, and no key that means nothing.
struct BrokerFile {
    var bind: String?
    var port: Int?
    var data: String?
    var inMemory: Bool?
    var acceptDataLoss: Bool?
    var logLevel: LogLevel?
    var allowAnonymous: Bool?
    /// Names and values of limits, in the order of the table.
    var limits: [(name: String, value: String)] = []
    var memoryOnlyState: [String]?
    var systemTopicInterval: Duration?
    var stopDeadline: Duration?
    var redirection: BrokerRedirection?
    var responseTopicPrefix: String?
    var checkPayloadFormat: Bool?
    var networkLoops: Int?
    var listeners: [BrokerListener] = []
    var authentication: BrokerAuthenticationConfiguration?
    var access: [BrokerAccessRule]?
    var admin: BrokerFileAdmin?

    /// A file that says nothing.
    init() {}

    /// Reads the file.
    ///
    /// - Throws: `CommandFailure` that names the file and everything that is wrong with it.
    init(path: String) throws {
        var reader = FileReader(path: path)
        let document = try reader.document()
        let file = Self.table.read(document, into: BrokerFile(), &reader)
        if let file, file.data != nil, file.inMemory == true { reader.report(nil, "either 'data' or 'inMemory'") }
        if let file, file.port != nil || file.bind != nil, !file.listeners.isEmpty {
            reader.report(nil, "either 'bind' and 'port' or 'listeners'")
        }
        if let chain = file?.admin?.authentication, chain.forOperators != chain {
            reader.report(
                nil,
                "'admin.authentication' has 'passwordFile', 'token' and 'http' only: operators come over HTTP"
            )
        }
        guard let file, reader.problems.isEmpty else { throw CommandFailure(reader.problems.joined(separator: "\n")) }
        self = file
    }

    /// How operators prove who they are: as the section of the admin API says, and like clients where it does not.
    private var operators: BrokerAuthenticationConfiguration? {
        admin?.authentication ?? authentication?.forOperators
    }

    /// The configuration that the file describes, where no flag says otherwise.
    func apply(to configuration: inout BrokerConfiguration) throws {
        configuration.host = bind ?? configuration.host
        configuration.port = port ?? configuration.port
        configuration.allowsAnonymous = allowAnonymous ?? configuration.allowsAnonymous
        configuration.acceptsDataLoss = acceptDataLoss ?? configuration.acceptsDataLoss
        configuration.memoryOnlyStatePrefixes = memoryOnlyState ?? configuration.memoryOnlyStatePrefixes
        configuration.systemTopicInterval = systemTopicInterval ?? configuration.systemTopicInterval
        configuration.stopDeadline = stopDeadline ?? configuration.stopDeadline
        configuration.redirection = redirection
        if let responseTopicPrefix { configuration.responseTopicPrefix = responseTopicPrefix }
        configuration.checksPayloadFormat = checkPayloadFormat ?? configuration.checksPayloadFormat
        configuration.networkLoops = networkLoops ?? configuration.networkLoops
        configuration.listeners = listeners
        configuration.authentication = authentication
        configuration.operators = operators
        configuration.access = access
        for (name, value) in limits { try LimitTable.set(name, to: value, in: &configuration.limits) }
        if let data, inMemory != true { configuration.storage = .directory(data) }
    }
}
