import Glibc
import NIOCore

/// Tells systemd, or what stands in its place, how the service is: datagrams to the socket that `NOTIFY_SOCKET` names (sd_notify(3)).
package struct SystemdNotifier: Sendable {
    /// A path, or with `@` before it a name in the abstract namespace.
    private let address: String
    /// The time between two signs of life that is asked for; nil for none.
    package let watchdog: Duration?

    /// Reads what systemd set; nil where nobody wants to be told.
    ///
    /// - Parameters:
    ///   - environment: The environment of the process.
    ///   - process: The process, which `WATCHDOG_PID` may name.
    package init?(environment: [String: String], process: Int32 = getpid()) {
        guard let address = environment["NOTIFY_SOCKET"], address.count > 1,
            address.hasPrefix("/") || address.hasPrefix("@")
        else { return nil }
        self.address = address
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdog = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// The service is ready.
    package func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.line(status))") }

    /// The service reads its settings anew; ``ready(_:)`` ends that.
    package func reloading() {
        // What SwiftNIO counts from is CLOCK_MONOTONIC, which systemd wants.
        let microseconds = NIODeadline.now().uptimeNanoseconds / 1_000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The service ends in order.
    package func stopping() { send("STOPPING=1") }

    /// The service is alive.
    package func isAlive() { send("WATCHDOG=1") }

    /// A status is one line.
    private static func line(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

    /// Sends one datagram; whoever does not take it is not waited for.
    ///
    /// - Returns: Whether it was taken.
    @discardableResult
    func send(_ message: String) -> Bool {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var to = sockaddr_un()
        to.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        let capacity = MemoryLayout.size(ofValue: to.sun_path)
        guard path.count < capacity else { return false }
        // Safe because the path is shorter than the field, checked above.
        withUnsafeMutableBytes(of: &to.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1))
        let bytes = Array(message.utf8)
        // Safe because the address and the bytes outlive the call, with the lengths that go with them.
        let sent = withUnsafePointer(to: &to) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(
                    descriptor,
                    bytes,
                    bytes.count,
                    CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL),
                    address,
                    length
                )
            }
        }
        return sent == bytes.count
    }
}
