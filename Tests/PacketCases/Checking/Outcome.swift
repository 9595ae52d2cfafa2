package import MQTTPackets
import NIOCore

/// What the decoder made of bytes.
package enum Outcome {
    /// A packet.
    case packet(Packet)
    /// An error.
    case error(PacketError)
    /// Nothing yet.
    case incomplete

    /// Decodes the bytes of a case, or others in their place.
    ///
    /// - Parameters:
    ///   - packetCase: The case.
    ///   - bytes: What to decode instead of its bytes.
    package init(_ packetCase: PacketCase, bytes: [UInt8]? = nil) {
        var decoder = packetCase.decoder
        self.init(&decoder, bytes ?? packetCase.bytes)
    }

    /// Decodes bytes.
    ///
    /// - Parameters:
    ///   - decoder: The decoder of the connection.
    ///   - bytes: What was received.
    package init(_ decoder: inout PacketDecoder, _ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        do throws(PacketError) {
            guard let packet = try decoder.decode(&buffer) else {
                self = .incomplete
                return
            }
            self = .packet(packet)
        } catch {
            self = .error(error)
        }
    }
}
