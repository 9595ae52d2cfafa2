import Glibc
import Testing

/// The other end of a connection: a blocking socket.
final class PeerSocket: Sendable {
    let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// Connects to a port of this machine.
    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        // Safe because a `sockaddr_in` is what the system wants behind a pointer to `sockaddr` of this family and size.
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Refused() }
    }

    /// Nobody listens.
    struct Refused: Error {}

    /// Two ends of a connection: one for the test, and the descriptor of the other.
    static func pair() throws -> (PeerSocket, CInt) {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (PeerSocket(ends[0]), ends[1])
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            try #require(count > 0)
            sent += count
        }
    }

    /// Sends packets of the recording owner in portions, which it echoes, and expects them back in order.
    func expectEcho(inPortionsOf portion: Int) throws {
        var text: [UInt8] = []
        for number in 0..<200 { text += [3, UInt8(number), UInt8(truncatingIfNeeded: number &* 7), 1] }
        var at = 0
        while at < text.count {
            try send(Array(text[at..<min(at + portion, text.count)]))
            at += portion
        }
        #expect(receive(text.count) == text)
    }

    /// Sends the same bytes again and again until the other side has closed the connection.
    func sendUntilEnd(_ bytes: [UInt8]) {
        while bytes.withUnsafeBytes({ Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }) > 0 {}
    }

    /// Waits for so many bytes; fewer come when the connection ends.
    func receive(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            let got = bytes[have...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got <= 0 { break }
            have += got
        }
        return Array(bytes[..<have])
    }

    /// Waits for the end of the connection.
    func waitForEnd() -> Bool {
        var byte: UInt8 = 0
        while true {
            let got = recv(descriptor, &byte, 1, 0)
            if got <= 0 { return true }
        }
    }

    /// Nothing more will be sent.
    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }
}
