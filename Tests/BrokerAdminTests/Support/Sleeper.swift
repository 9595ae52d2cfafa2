import Glibc
import MartletTesting

/// A client that leaves a session behind: CONNECT, CONNACK, and its socket closes.
enum Sleeper {
    struct Failure: Error {}

    static func leaveSession(_ name: String, on broker: TestBroker) async throws {
        let descriptor = try await broker.connect()
        defer { close(descriptor) }
        // MQTT 5, no clean start, keep alive 0, Session Expiry Interval 3600.
        var body: [UInt8] = [0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 0, 0, 0, 5, 0x11, 0, 0, 0x0E, 0x10]
        body += [UInt8(name.utf8.count >> 8), UInt8(name.utf8.count & 255)] + Array(name.utf8)
        let packet = [0x10, UInt8(body.count)] + body
        guard write(descriptor, packet, packet.count) == packet.count else { throw Failure() }
        var answer = [UInt8](repeating: 0, count: 4)
        var count = 0
        while count < 4 {
            // Safe because the call writes no more than the room that is left.
            let some = answer.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: count), 4 - count)
            }
            guard some > 0 else { throw Failure() }
            count += some
        }
        guard answer[0] == 0x20, answer[3] == 0 else { throw Failure() }
    }
}
