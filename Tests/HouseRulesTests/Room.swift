/// A room of the house: a target under `Sources` or a sample, and what it may import.
struct Room {
    var name: String
    /// The rooms that it may import.
    var arrows: [String]
    /// The modules of other packages and of the system that it may import.
    var foreign: [String]
    /// The folders of the room (or files, by their paths within it) that know no clock, randomness, task or lock; `[""]` is all of it.
    var pure: [String] = []

    /// Every room, as `docs/ARCHITECTURE.md` draws them.
    static let all: [Room] = [
        // Cellar and ground: pure.
        Room(name: "MQTTPackets", arrows: [], foreign: ["NIOCore"], pure: [""]),
        Room(name: "MQTTSessions", arrows: ["MQTTPackets"], foreign: [], pure: [""]),
        Room(name: "Journal", arrows: [], foreign: ["Synchronization"], pure: ["Format"]),
        Room(name: "StateStore", arrows: ["MQTTPackets"], foreign: [], pure: [""]),
        Room(name: "BrokerAccess", arrows: ["MQTTPackets"], foreign: [], pure: [""]),
        Room(
            name: "BrokerEngine",
            arrows: ["BrokerAccess", "MQTTPackets", "MQTTSessions", "Journal", "StateStore"],
            foreign: ["NIOCore"],
            pure: [""]
        ),
        Room(name: "CrashPoints", arrows: [], foreign: ["Synchronization", "Glibc", "Musl", "Darwin"]),
        // Edges.
        Room(
            name: "MQTTTransport",
            arrows: ["MQTTPackets"],
            foreign: [
                "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOTLS", "NIOSSL", "Synchronization", "Glibc",
                "CEpoll", "Dispatch",
            ]
        ),
        Room(
            name: "BrokerAuthentication",
            arrows: ["BrokerAccess", "MQTTPackets"],
            foreign: [
                "AsyncHTTPClient", "Crypto", "CryptoExtras", "JWTKit", "X509", "SwiftASN1", "NIOCore", "NIOPosix",
                "NIOSSL", "NIOHTTP1", "Logging", "Foundation", "Synchronization", "Glibc",
            ]
        ),
        Room(
            name: "DevelopmentCertificates",
            arrows: [],
            foreign: ["Crypto", "X509", "SwiftASN1", "Foundation", "Glibc"]
        ),
        Room(
            name: "SQLiteJournal",
            arrows: ["Journal", "CrashPoints"],
            foreign: ["GRDB", "Foundation", "Synchronization", "Dispatch", "Glibc"]
        ),
        Room(
            name: "SQLiteCheckpoint",
            arrows: ["Journal", "CrashPoints"],
            foreign: ["GRDB", "Foundation", "Synchronization", "Dispatch", "Glibc", "Musl", "Darwin"]
        ),
        Room(
            name: "MQTTClient",
            arrows: ["MQTTTransport", "MQTTSessions", "MQTTPackets"],
            foreign: [
                "NIOCore", "NIOPosix", "Logging", "Metrics", "ServiceLifecycle", "DequeModule", "Synchronization",
                "Glibc",
            ]
        ),
        Room(
            name: "StateStoreClient",
            arrows: ["StateStore", "MQTTClient"],
            foreign: [
                "NIOCore", "Logging", "ServiceLifecycle", "FoundationEssentials", "Foundation", "Synchronization",
            ],
            pure: ["Leasing/Core"]
        ),
        // Shells.
        Room(
            name: "MartletBroker",
            arrows: [
                "BrokerAccess", "BrokerAuthentication", "BrokerEngine", "Journal", "SQLiteJournal", "MQTTTransport",
                "MQTTPackets", "CrashPoints",
            ],
            foreign: [
                "NIOCore", "NIOPosix", "Logging", "Metrics", "ServiceLifecycle", "Configuration", "Synchronization",
                "Glibc",
            ]
        ),
        Room(
            name: "Martlet",
            arrows: [
                "StateStoreClient", "StateStore", "SQLiteCheckpoint", "MQTTClient", "MQTTPackets", "CrashPoints",
            ],
            foreign: [
                "NIOCore", "Logging", "Metrics", "CoreMetrics", "Tracing", "ServiceLifecycle", "UnixSignals",
                "Configuration", "Yams", "Foundation", "FoundationEssentials", "DequeModule", "Synchronization",
                "Glibc",
                "Musl",
                "Darwin",
            ]
        ),
        Room(
            name: "MartletTesting",
            arrows: [
                "MartletBroker", "Martlet", "MQTTClient", "BrokerEngine", "Journal", "MQTTTransport", "MQTTPackets",
            ],
            foreign: [
                "NIOCore", "NIOPosix", "NIOEmbedded", "Logging", "ServiceLifecycle", "Foundation",
                "FoundationEssentials", "Synchronization", "Glibc",
            ]
        ),
        Room(
            name: "BrokerAdmin",
            arrows: ["MartletBroker"],
            foreign: [
                "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOPosix", "Logging", "Metrics",
                "CoreMetrics",
                "ServiceLifecycle", "Foundation", "Synchronization", "Glibc",
            ]
        ),
        Room(
            name: "StateStoreService",
            arrows: ["MartletBroker", "StateStore", "MQTTClient"],
            foreign: ["NIOCore", "Logging", "ServiceLifecycle", "Synchronization", "Glibc"]
        ),
        // Programs.
        Room(name: "Temperatures", arrows: ["Martlet"], foreign: []),
        Room(
            name: "MartletCommand",
            arrows: [
                "BrokerAdmin", "BrokerAuthentication", "DevelopmentCertificates", "MartletBroker", "Martlet",
                "MQTTClient", "StateStoreClient",
                "StateStoreService", "CrashPoints", "Temperatures",
            ],
            foreign: [
                "ArgumentParser", "AsyncHTTPClient", "Mustache", "Yams", "Configuration", "Logging", "ServiceLifecycle",
                "UnixSignals", "NIOCore", "NIOHTTP1", "Foundation", "Synchronization", "Dispatch", "Glibc",
            ]
        ),
    ]
}
