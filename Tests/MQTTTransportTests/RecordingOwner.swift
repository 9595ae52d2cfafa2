import MQTTTransport
import NIOCore

/// Takes packets of one length byte and so many bytes more, keeps them, and does what the test asks for. Used on its loop only.
// Safe because all of it is touched on the loop of its connections.
final class RecordingOwner: ServerConnectionOwner, @unchecked Sendable {
    var isReadingPaused = false
    var accepts = true
    var echoes = false
    /// Nothing is taken, and the connection is throttled, whenever something comes.
    var throttles = false
    /// The most bytes that were presented at once.
    private(set) var largest = 0
    private(set) var connections: [TransportConnection] = []
    private(set) var packets: [[UInt8]] = []
    private(set) var calls = 0
    private(set) var writability: [Bool] = []
    private(set) var closed: [Int32] = []

    func connectionOpened(_ connection: TransportConnection) -> Int32? {
        guard accepts else { return nil }
        connections.append(connection)
        return Int32(connections.count - 1)
    }

    func connectionReceived(_ bytes: Span<UInt8>, on handle: Int32) -> Int {
        calls += 1
        largest = max(largest, bytes.count)
        if throttles {
            connections[Int(handle)].isThrottled = true
            return 0
        }
        var at = 0
        while at < bytes.count, at + 1 + Int(bytes[at]) <= bytes.count {
            var packet: [UInt8] = []
            for index in at + 1..<at + 1 + Int(bytes[at]) { packet.append(bytes[index]) }
            packets.append(packet)
            at += 1 + packet.count
        }
        if echoes {
            var answer = ByteBuffer()
            for index in 0..<at { answer.writeInteger(bytes[index]) }
            connections[Int(handle)].send(answer)
        }
        return at
    }

    func connectionWritabilityChanged(_ isWritable: Bool, on handle: Int32) { writability.append(isWritable) }

    func connectionClosed(_ handle: Int32) { closed.append(handle) }
}
