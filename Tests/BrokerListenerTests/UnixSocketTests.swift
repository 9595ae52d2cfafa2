import Foundation
import MQTTClient
import MartletBroker
import Testing

/// Unix domain sockets: their files come with the right permissions, and go.
@Suite("Unix domain sockets", .timeLimit(.minutes(10)))
struct UnixSocketTests {
    private let folder: CertificateFolder

    init() throws { folder = try CertificateFolder() }

    private func configuration(_ path: String, mode: UInt16 = 0o660) -> BrokerConfiguration {
        var configuration = BrokerConfiguration()
        configuration.listeners = [BrokerListener(name: "local", address: .unixSocket(path: path, mode: mode))]
        return configuration
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test("Serves, with the permissions that were asked for, and takes its file away")
    func serves() async throws {
        let path = folder.file("socket")
        let broker = Broker(configuration: configuration(path, mode: 0o600), logger: quietLogger)
        let running = Task { try await broker.run() }
        let addresses = try await broker.listeningAddresses()
        #expect(addresses.map(\.description) == ["unix:\(path)"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try await exchange(.unixSocket(path: path))
        running.cancel()
        try await running.value
        #expect(!exists(path))
    }

    @Test("A file on which nobody listens is replaced; a socket in use and any other file are not")
    func staleFiles() async throws {
        let path = folder.file("socket")
        let first = Broker(configuration: configuration(path), logger: quietLogger)
        let running = Task { try await first.run() }
        _ = try await first.listeningAddresses()
        let error = await #expect(throws: BrokerError.self) {
            try await Broker(configuration: configuration(path), logger: quietLogger).run()
        }
        #expect(error?.code == .bind && error?.message.contains("listens on") == true)
        try await exchange(.unixSocket(path: path))
        running.cancel()
        try await running.value

        try makeStaleSocket(path)
        #expect(exists(path))
        let second = Broker(configuration: configuration(path), logger: quietLogger)
        let again = Task { try await second.run() }
        _ = try await second.listeningAddresses()
        try await exchange(.unixSocket(path: path))
        again.cancel()
        try await again.value

        let file = try folder.write("precious", to: "file")
        let refusal = await #expect(throws: BrokerError.self) {
            try await Broker(configuration: configuration(file), logger: quietLogger).run()
        }
        #expect(refusal?.message.contains("no socket") == true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
    }

    /// What a listener that was killed leaves behind.
    private func makeStaleSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }
}
