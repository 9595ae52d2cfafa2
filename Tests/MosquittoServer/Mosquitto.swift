import Foundation
import Glibc
package import MQTTClient
import Synchronization

/// A mosquitto of the test's own, on a loopback port of its own.
package final class Mosquitto: Sendable {
    private static let places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]

    /// The port that it listens on, also after it was started again.
    package let port: Int
    private let program: String
    private let directory: URL
    private let process = Mutex<pid_t>(0)

    /// Writes a configuration and starts the program.
    ///
    /// - Parameter options: Lines for the configuration file.
    /// - Throws: ``MosquittoError``, or what the file system says.
    package init(_ options: [String] = []) async throws {
        guard let program = Self.places.first(where: { access($0, X_OK) == 0 }) else {
            throw MosquittoError.notInstalled
        }
        self.program = program
        self.port = try Self.freePort()
        self.directory = FileManager.default.temporaryDirectory.appending(
            path: "martlet-mosquitto-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        var lines = [
            "listener \(self.port) 127.0.0.1", "allow_anonymous true", "persistence true",
            "persistence_location \(self.directory.path)/", "log_dest none", "max_inflight_messages 0",
            "max_queued_messages 0", "set_tcp_nodelay true",
        ]
        // As root mosquitto would become another user, who may not write to the directory.
        if getuid() == 0 { lines.append("user root") }
        try (lines + options).joined(separator: "\n").write(
            to: self.directory.appending(path: "mosquitto.conf"),
            atomically: true,
            encoding: .utf8
        )
        try await self.start()
    }

    deinit {
        let pid = self.process.withLock { $0 }
        if pid > 0 {
            Glibc.kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        try? FileManager.default.removeItem(at: self.directory)
    }

    /// Where it is.
    package var endpoint: MQTTEndpoint { .tcp(host: "127.0.0.1", port: self.port) }

    /// Starts the program, and waits until it takes connections.
    package func start() async throws {
        let arguments = [self.program, "-c", self.directory.appending(path: "mosquitto.conf").path]
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, self.program, nil, nil, pointers, environ) == 0 else { throw MosquittoError.notStarted }
        self.process.withLock { $0 = pid }
        while !self.takesConnections() {
            if waitpid(pid, nil, WNOHANG) == pid { throw MosquittoError.notStarted }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Ends the program as a crash does: nothing is saved.
    package func kill() {
        self.end(SIGKILL)
    }

    /// Ends the program in order: the sessions are saved.
    package func stop() {
        self.end(SIGTERM)
    }

    private func end(_ signal: CInt) {
        self.process.withLock { pid in
            guard pid > 0 else { return }
            Glibc.kill(pid, signal)
            waitpid(pid, nil, 0)
            pid = 0
        }
    }

    private func takesConnections() -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return Self.withLoopback(port: self.port) { connect(descriptor, $0, $1) } == 0
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
