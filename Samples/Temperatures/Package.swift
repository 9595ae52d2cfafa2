// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "temperatures",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "martlet", path: "../..")],
    targets: [
        .target(
            name: "TemperaturesSample",
            dependencies: [.product(name: "Martlet", package: "martlet")],
            path: "Sources/Temperatures",
            resources: [.embedInCode("Resources/seattle-temps.csv")]
        ),
        .executableTarget(
            name: "temperatures",
            dependencies: ["TemperaturesSample", .product(name: "Martlet", package: "martlet")],
            path: "Sources/TemperaturesWorker"
        ),
    ]
)
