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
    var listeners: [BrokerListener] = []
    var authentication: BrokerAuthenticationConfiguration?
    var access: [BrokerAccessRule]?

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
        guard let file, reader.problems.isEmpty else { throw CommandFailure(reader.problems.joined(separator: "\n")) }
        self = file
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
        configuration.listeners = listeners
        configuration.authentication = authentication
        configuration.access = access
        for (name, value) in limits { try LimitTable.set(name, to: value, in: &configuration.limits) }
        if let data, inMemory != true { configuration.storage = .directory(data) }
    }
}
