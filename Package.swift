// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

// Rooms whose inner loops parse bytes; `Lifetimes` is what `~Escapable` readers over a span need.
let parserSettings = settings + [.enableExperimentalFeature("Lifetimes")]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let metricsTesting: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let lifecycleTesting: Target.Dependency = .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let dequeModule: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Martlet", targets: ["Martlet"]),
        .library(name: "MQTTClient", targets: ["MQTTClient"]),
        .library(name: "StateStoreClient", targets: ["StateStoreClient"]),
        .library(name: "MartletBroker", targets: ["MartletBroker"]),
        .library(name: "MartletTesting", targets: ["MartletTesting"]),
        .executable(name: "martlet", targets: ["MartletCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // Cellar and ground: pure.
        .target(name: "MQTTPackets", dependencies: [nioCore], swiftSettings: parserSettings),
        .target(name: "MQTTSessions", dependencies: ["MQTTPackets"], swiftSettings: settings),
        .target(name: "Journal", dependencies: [], swiftSettings: parserSettings),
        .target(name: "StateStore", dependencies: ["MQTTPackets"], swiftSettings: parserSettings),
        .target(name: "BrokerAccess", dependencies: ["MQTTPackets"], swiftSettings: parserSettings),
        .target(
            name: "BrokerEngine",
            dependencies: ["BrokerAccess", "MQTTPackets", "MQTTSessions", "Journal", "StateStore", nioCore],
            swiftSettings: parserSettings
        ),
        // Where a test lets a process die; nothing of it is left in a release build.
        .target(
            name: "CrashPoints",
            swiftSettings: settings + [.define("MARTLET_CRASH_POINTS", .when(configuration: .debug))]
        ),
        // Edges.
        // What Linux has and Swift's Glibc module has not.
        .target(name: "CEpoll"),
        .target(
            name: "MQTTTransport",
            dependencies: ["CEpoll", "MQTTPackets", nioCore, nioPosix, nioHTTP1, nioWebSocket, nioTLS, nioSSL],
            swiftSettings: settings
        ),
        .target(
            name: "SQLiteJournal",
            dependencies: ["Journal", "CrashPoints", grdb],
            swiftSettings: settings
        ),
        .target(
            name: "SQLiteCheckpoint",
            dependencies: ["Journal", "CrashPoints", grdb],
            swiftSettings: settings
        ),
        .target(
            name: "MQTTClient",
            dependencies: [
                "MQTTTransport", "MQTTSessions", "MQTTPackets", nioCore, nioPosix, logging, metrics, lifecycle,
                dequeModule,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "StateStoreClient",
            dependencies: ["StateStore", "MQTTClient", nioCore, logging, lifecycle],
            swiftSettings: settings
        ),
        .target(
            name: "BrokerAuthentication",
            dependencies: [
                "BrokerAccess", "MQTTPackets", crypto, cryptoExtras, jwtKit, x509, asn1, asyncHTTPClient, nioCore,
                nioHTTP1, nioPosix, nioSSL, logging,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "DevelopmentCertificates",
            dependencies: [x509, asn1, crypto],
            swiftSettings: settings
        ),
        // Shells.
        .target(
            name: "MartletBroker",
            dependencies: [
                "BrokerAccess", "BrokerAuthentication", "BrokerEngine", "Journal", "SQLiteJournal", "MQTTTransport",
                "MQTTPackets", "CrashPoints", nioCore,
                nioPosix, logging, metrics, lifecycle, configuration,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Martlet",
            dependencies: [
                "StateStoreClient", "StateStore", "SQLiteCheckpoint", "MQTTClient", "MQTTPackets", "CrashPoints",
                nioCore,
                logging, metrics, coreMetrics, tracing, lifecycle, unixSignals, configuration, yams,
                dequeModule,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MartletTesting",
            dependencies: [
                "MartletBroker", "Martlet", "MQTTClient", "BrokerEngine", "Journal", "MQTTTransport", "MQTTPackets",
                nioCore, nioPosix, nioEmbedded, logging, lifecycle,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "BrokerAdmin",
            dependencies: [
                "MartletBroker", hummingbird, hummingbirdCore, nioCore, nioPosix, logging, metrics, coreMetrics,
                lifecycle,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "StateStoreService",
            dependencies: ["MartletBroker", "StateStore", "MQTTClient", nioCore, logging, lifecycle],
            swiftSettings: settings
        ),
        // Programs.
        .target(
            name: "Temperatures",
            dependencies: ["Martlet"],
            path: "Samples/Temperatures/Sources/Temperatures",
            resources: [.embedInCode("Resources/seattle-temps.csv")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "MartletCommand",
            dependencies: [
                "BrokerAdmin", "BrokerAuthentication", "DevelopmentCertificates", "MartletBroker", "Martlet",
                "MQTTClient", "StateStoreClient",
                "StateStoreService", "CrashPoints",
                "Temperatures", asyncHTTPClient, argumentParser, mustache, yams, logging, lifecycle, unixSignals,
                nioCore,
                nioHTTP1,
            ],
            swiftSettings: settings,
            plugins: ["EmbedTemplates"]
        ),
        // At build time: Templates/ into the binary.
        .plugin(name: "EmbedTemplates", capability: .buildTool(), dependencies: ["TemplateEmbedder"]),
        .executableTarget(name: "TemplateEmbedder", path: "Plugins/TemplateEmbedder", swiftSettings: settings),
        // Test support that no product links.
        .target(
            name: "PacketCases",
            dependencies: ["MQTTPackets", nioCore],
            path: "Tests/PacketCases",
            swiftSettings: settings
        ),
        .target(
            name: "ScriptedPeer",
            dependencies: ["MQTTClient", "MQTTPackets", nioCore, nioPosix, logging],
            path: "Tests/ScriptedPeer",
            swiftSettings: settings
        ),
        .target(
            name: "MosquittoServer",
            dependencies: ["MQTTClient"],
            path: "Tests/MosquittoServer",
            swiftSettings: settings
        ),
        .target(
            name: "JournalConformance",
            dependencies: ["Journal"],
            path: "Tests/JournalConformance",
            swiftSettings: settings
        ),
        .testTarget(
            name: "MQTTPacketsTests",
            dependencies: ["MQTTPackets", "PacketCases", nioCore],
            swiftSettings: parserSettings
        ),
        .testTarget(name: "CrashPointsTests", dependencies: ["CrashPoints"], swiftSettings: settings),
        .testTarget(name: "MQTTSessionsTests", dependencies: ["MQTTSessions", "MQTTPackets"], swiftSettings: settings),
        .testTarget(
            name: "StateStoreTests",
            dependencies: ["StateStore", "MQTTPackets", nioCore],
            swiftSettings: parserSettings
        ),
        .testTarget(name: "JournalTests", dependencies: ["Journal", "JournalConformance"], swiftSettings: settings),
        .testTarget(
            name: "SQLiteJournalTests",
            dependencies: ["SQLiteJournal", "Journal", "JournalConformance", grdb],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SQLiteCheckpointTests",
            dependencies: ["SQLiteCheckpoint", grdb],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BrokerEngineTests",
            dependencies: [
                "BrokerAccess", "BrokerEngine", "StateStore", "Journal", "MQTTPackets", "PacketCases", nioCore,
            ],
            swiftSettings: parserSettings
        ),
        .testTarget(
            name: "MQTTClientTests",
            dependencies: [
                "MQTTClient", "MosquittoServer", "ScriptedPeer", "MQTTTransport", "MQTTPackets", nioCore, nioPosix,
                nioEmbedded,
                logging, lifecycle,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StateStoreClientTests",
            dependencies: [
                "StateStoreClient", "StateStore", "MQTTClient", "MQTTPackets", "MartletTesting", "MosquittoServer",
                "ScriptedPeer", nioCore, nioPosix, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletBrokerTests",
            dependencies: [
                "MartletBroker", "BrokerAuthentication", "BrokerEngine", "MQTTClient", "MartletTesting", "PacketCases",
                "MQTTPackets", nioCore, nioPosix,
                logging, crypto,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletTests",
            dependencies: [
                "Martlet", "MartletTesting", "MQTTClient", "StateStoreClient", "StateStore", "MartletBroker",
                "Temperatures",
                "MosquittoServer", nioCore,
                logging, metrics, metricsTesting, tracing, inMemoryTracing, lifecycle, lifecycleTesting, configuration,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletCommandTests",
            dependencies: [
                "MartletCommand", "BrokerAdmin", "MartletBroker", "StateStoreClient", "MQTTClient", "MartletTesting",
                "CrashPoints",
                "Temperatures",
                argumentParser, logging, nioCore,
            ],
            swiftSettings: settings
        ),
        // Brokers, replicas and demos as processes of the command.
        .testTarget(
            name: "ProcessTests",
            dependencies: ["MartletCommand", "MQTTClient", "CrashPoints", "Temperatures", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StateStoreServiceTests",
            dependencies: [
                "StateStoreService", "StateStore", "MQTTClient", "MartletBroker", "MosquittoServer", "MartletCommand",
                "Martlet", "StateStoreClient",
                nioCore,
                logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BrokerAccessTests",
            dependencies: [
                "BrokerAccess", "BrokerAuthentication", "DevelopmentCertificates", "StateStore", "MQTTPackets", crypto,
                cryptoExtras, jwtKit, x509, asn1, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: parserSettings
        ),
        .testTarget(
            name: "BrokerAdminTests",
            dependencies: [
                "BrokerAdmin", "MartletBroker", "MartletTesting", "MQTTClient", asyncHTTPClient, nioCore, nioHTTP1,
                logging,
                yams,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BrokerListenerTests",
            dependencies: [
                "MartletBroker", "MartletTesting", "DevelopmentCertificates", "MQTTClient", "MQTTTransport",
                "MQTTPackets", nioCore, nioPosix, nioSSL, nioHTTP1, nioWebSocket, x509, asn1, crypto, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MQTTTransportTests",
            dependencies: ["MQTTTransport", nioCore, nioPosix],
            swiftSettings: settings
        ),
        .testTarget(name: "HouseRulesTests", dependencies: [], swiftSettings: settings),
    ]
)

// The fuzzer needs what is `package` here and flags that no user may get, so its target is there only when asked for.
if Context.environment["MARTLET_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "FuzzPackets",
            dependencies: ["MQTTPackets", "PacketCases"],
            path: "Fuzz/Sources/FuzzPackets",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]
        )
    )
    // Its links lead to what the tests drive the engine with.
    package.targets.append(
        .executableTarget(
            name: "FuzzEngine",
            dependencies: ["BrokerEngine", "StateStore", "Journal", "MQTTPackets", "PacketCases", nioCore],
            path: "Fuzz/Sources/FuzzEngine",
            swiftSettings: parserSettings + [.unsafeFlags(["-parse-as-library"])]
        )
    )
    package.targets.append(
        .executableTarget(
            name: "FuzzState",
            dependencies: ["StateStore"],
            path: "Fuzz/Sources/FuzzState",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}

// One room's tests without building the house: MARTLET_TESTS=BrokerEngineTests,MQTTPacketsTests swift build --build-tests
if let names = Context.environment["MARTLET_TESTS"], !names.isEmpty {
    var wanted = Set(names.split(separator: ",").map(String.init))
    var waiting = Array(wanted)
    while let name = waiting.popLast() {
        guard let target = package.targets.first(where: { $0.name == name }) else {
            fatalError("MARTLET_TESTS names \(name), which is no target")
        }
        for dependency in target.dependencies {
            guard case .byNameItem(let needed, _) = dependency, wanted.insert(needed).inserted else { continue }
            waiting.append(needed)
        }
        for case .plugin(let plugin, _) in target.plugins ?? [] where wanted.insert(plugin).inserted {
            waiting.append(plugin)
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products = []
}
