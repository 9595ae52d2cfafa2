// swift-tools-version: 6.2
import PackageDescription

// Measures the state store alone: `swift run -c release StateStoreBenchmark [KEYS]` in this folder.
// `Sources/StateStore` and `Sources/MQTTPackets` are links to the rooms themselves, because their declarations are `package`.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "state-store-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .target(
            name: "MQTTPackets",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings
        ),
        .target(name: "StateStore", dependencies: ["MQTTPackets"], swiftSettings: settings),
        .executableTarget(name: "StateStoreBenchmark", dependencies: ["StateStore"], swiftSettings: settings),
    ]
)
