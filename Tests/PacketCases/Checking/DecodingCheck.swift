package import MQTTPackets
import NIOCore

/// What has to hold for any bytes at all; what the fuzzer checks, too.
package enum DecodingCheck {
    /// What does not hold, if anything.
    ///
    /// - Parameters:
    ///   - bytes: Any bytes.
    ///   - version: The version of the connection.
    /// - Returns: Nil if all is well.
    package static func finding(_ bytes: [UInt8], version: ProtocolVersion) -> String? {
        for direction in [PacketDirection.toServer, .toClient] {
            var decoder = PacketDecoder(version: version, direction: direction)
            guard case .packet(let packet) = Outcome(&decoder, bytes) else { continue }
            if let finding = instability(packet, version) { return finding }
        }
        var first = PacketDecoder(version: nil)
        if case .packet(let packet) = Outcome(&first, bytes), let version = first.version {
            if let finding = instability(packet, version) { return finding }
        }
        return ViewComparison.difference(bytes, version: version)
    }

    /// Decoded, encoded and decoded again it is the same, and encoded again the same bytes.
    private static func instability(_ packet: Packet, _ version: ProtocolVersion) -> String? {
        var encoded = ByteBuffer()
        packet.encode(into: &encoded, version: version)
        if encoded.readableBytes != packet.encodedSize(version: version) { return "size of \(packet)" }
        var decoder = PacketDecoder(version: version)
        guard case .packet(let again) = Outcome(&decoder, Array(encoded.readableBytesView)) else {
            return "\(packet) does not decode again"
        }
        var encodedAgain = ByteBuffer()
        again.encode(into: &encodedAgain, version: version)
        return again == packet && encodedAgain == encoded ? nil : "\(packet) decodes again to \(again)"
    }
}
