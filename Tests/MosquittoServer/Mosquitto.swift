import Foundation
import Glibc
package import MQTTClient
import Synchronization

/// A mosquitto of the test's own.
///
/// It listens on a Unix socket in a folder of its own, which no other test can take, and on a loopback port if the test
/// asks for one.
package final class Mosquitto: Sendable {
    private static let places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
    /// How many ports are tried: one that was free may be taken when the program wants it.
    private static let portsToTry = 20

    private let directory: URL
    /// The path of its Unix socket.
    package let socketPath: String
    private let options: [String]
    private let process: TestProcess
    private let chosenPort = Mutex<Int?>(nil)

    /// Writes a configuration and starts the program.
    ///
    /// - Parameters:
    ///   - options: Lines for the configuration file.
    ///   - overTCP: Whether ``endpoint`` is a port; else it is the Unix socket.
    /// - Throws: ``MosquittoError``, or what the file system says.
    package init(_ options: [String] = [], overTCP: Bool = false) async throws {
        guard let program = Self.places.first(where: { access($0, X_OK) == 0 }) else {
            throw MosquittoError.notInstalled
        }
        self.options = options
        self.directory = FileManager.default.temporaryDirectory
            .appending(path: "martlet-\(UInt64.random(in: 0 ... .max))")
        self.process = TestProcess(program, ["-c", self.directory.appending(path: "mosquitto.conf").path])
        self.socketPath = self.directory.appending(path: "socket").path
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        guard overTCP else {
            try self.configure(port: nil)
            try await self.start()
            return
        }
        for attempt in 1...Self.portsToTry {
            let port = try Self.freePort()
            try self.configure(port: port)
            do {
                try await self.start()
                self.chosenPort.withLock { $0 = port }
                return
            } catch {
                if attempt == Self.portsToTry { throw error }
            }
        }
    }

    /// The port that it listens on, also after it was started again; `nil` if it only has the Unix socket.
    package var port: Int? { self.chosenPort.withLock { $0 } }

    /// Where it is, also after it was started again.
    package var endpoint: MQTTEndpoint {
        guard let port = self.port else { return .unixSocket(path: self.socketPath) }
        return .tcp(host: "127.0.0.1", port: port)
    }

    private func configure(port: Int?) throws {
        var lines = [
            "allow_anonymous true", "persistence true", "persistence_location \(self.directory.path)/", "log_dest none",
            "max_inflight_messages 0", "max_queued_messages 0", "set_tcp_nodelay true",
        ]
        if let port { lines.append("listener \(port) 127.0.0.1") }
        // The last: when it takes connections, the program has all its listeners.
        lines.append("listener 0 \(self.socketPath)")
        // As root mosquitto would become another user, who may not write to the directory.
        if getuid() == 0 { lines.append("user root") }
        try (lines + self.options).joined(separator: "\n").write(
            to: self.directory.appending(path: "mosquitto.conf"),
            atomically: true,
            encoding: .utf8
        )
    }

    deinit {
        self.process.end(SIGKILL)
        try? FileManager.default.removeItem(at: self.directory)
    }

    /// Starts the program, and waits until it takes connections.
    package func start() async throws {
        try self.process.start()
        while !self.takesConnections() {
            guard self.process.isRunning else { throw MosquittoError.notStarted }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Ends the program as a crash does: nothing is saved.
    package func kill() {
        self.process.end(SIGKILL)
    }

    /// Ends the program in order: the sessions are saved.
    package func stop() {
        self.process.end(SIGTERM)
    }

    private func takesConnections() -> Bool {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: self.socketPath.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        guard Self.withLoopback(port: 0, { bind(descriptor, $0, $1) }) == 0 else { throw MosquittoError.noPort }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw MosquittoError.noPort }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func withLoopback(
        port: Int,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
