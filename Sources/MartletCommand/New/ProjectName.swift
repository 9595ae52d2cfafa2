/// The name of a service to be made, checked, and the names that follow from it.
struct ProjectName: Equatable {
    /// The name as it was typed: `cold-orders`.
    let name: String
    /// The name of the Swift module: `ColdOrders`.
    let module: String

    /// Modules that a generated package imports or that Swift brings, and types of the templates and of what they import: a service of such a
    /// name would hide them.
    static let taken: Set<String> = [
        "BrokerAccess", "BrokerAdmin", "BrokerAuthentication", "CEpoll", "CrashPoints", "DevelopmentCertificates",
        "SQLiteCheckpoint", "StateStore", "StateStoreClient", "StateStoreService", "NIOCore", "Synchronization",
        "Measurement", "Text", "Window", "WindowKeeper", "WindowKeeperTests", "WindowSummary", "WordCount",
        "WordCounter", "WordCounterTests", "Handler", "Worker", "Main",
        "Martlet", "MartletTesting", "MartletBroker", "MartletCommand", "MQTTClient", "MQTTPackets", "MQTTSessions",
        "MQTTTransport", "BrokerEngine", "Journal", "SQLiteJournal", "Temperatures", "Swift", "Foundation", "Testing",
        "Logging", "Metrics", "Tracing", "Configuration", "ServiceLifecycle", "Dispatch", "Glibc", "Synchronization",
    ]

    /// Checks the name.
    ///
    /// - Throws: `CommandFailure` for a name that could not be a package, or whose module would hide another.
    init(_ name: String) throws {
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
        }
        guard isPlain, let first = name.first, first.isLetter, !name.hasSuffix("-"), !name.contains("--") else {
            throw CommandFailure(
                "'\(name)' is no name: letters, digits and single hyphens, a letter first (cold-orders)"
            )
        }
        guard name.count <= 64 else { throw CommandFailure("'\(name)' is longer than 64 characters") }
        let module = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        guard !Self.taken.contains(where: { $0.lowercased() == module.lowercased() }) else {
            throw CommandFailure("'\(name)' would hide the module \(module); choose another name")
        }
        self.name = name
        self.module = module
    }
}
