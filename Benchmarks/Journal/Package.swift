// swift-tools-version: 6.2
import PackageDescription

// Measures the journal's layout in SQLite: `swift run -c release JournalBenchmark` in this folder.
// `Sources/Journal` and `Sources/SQLiteJournal` are links to the rooms themselves, because their declarations are `package`.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "journal-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")],
    targets: [
        .target(name: "Journal", swiftSettings: settings),
        .target(
            name: "SQLiteJournal",
            dependencies: ["Journal", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "JournalBenchmark",
            dependencies: ["Journal", "SQLiteJournal", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings
        ),
    ]
)
