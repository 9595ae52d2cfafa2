// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "temperatures",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "temperatures", targets: ["TemperaturesWorker"])
    ],
    dependencies: [
        .package(name: "martlet", path: "../..")
    ],
    targets: [
        // Not named Temperatures as in the package of Martlet, which builds the same files for its demo: names of targets must differ
        // across all packages of a build.
        .target(
            name: "TemperaturesSample",
            dependencies: [.product(name: "Martlet", package: "martlet")],
            path: "Sources/Temperatures",
            resources: [.embedInCode("Resources/seattle-temps.csv")]
        ),
        .executableTarget(
            name: "TemperaturesWorker",
            dependencies: ["TemperaturesSample", .product(name: "Martlet", package: "martlet")],
            path: "Worker"
        ),
    ]
)
