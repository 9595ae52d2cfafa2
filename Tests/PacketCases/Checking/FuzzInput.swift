import MQTTPackets
import NIOCore

/// What the fuzzer does with an input, and what past failures are replayed with.
package enum FuzzInput {
    /// What does not hold for these bytes, if anything: as packets of either version, and as topics.
    ///
    /// - Parameter bytes: Any bytes.
    /// - Returns: Nil if all is well.
    package static func finding(_ bytes: [UInt8]) -> String? {
        DecodingCheck.finding(bytes, version: .v5)
            ?? DecodingCheck.finding(bytes, version: .v3_1_1)
            ?? streamFinding(bytes)
            ?? topicFinding(bytes)
    }

    /// The inputs to start from: each short case of the table, and some one behind another.
    package static let seeds: [[UInt8]] = {
        let short = PacketCases.all.map(\.bytes).filter { $0.count < 512 }
        let connect = PacketNotation.bytes("10 [ s'MQTT' 05 02 00 3C [ ] s'c' ]")
        return Array(Set(short + short.filter { $0.count < 64 }.map { connect + $0 })).sorted { $0.count < $1.count }
    }()

    /// A connection that receives all of the bytes: every packet moves it on, and it ends.
    private static func streamFinding(_ bytes: [UInt8]) -> String? {
        var buffer = ByteBuffer(bytes: bytes)
        var decoder = PacketDecoder(version: nil, direction: .toServer)
        var left = buffer.readableBytes
        while let packet = try? decoder.decode(&buffer) {
            if buffer.readableBytes > left - 2 { return "\(packet) took less than two bytes" }
            left = buffer.readableBytes
        }
        return buffer.readableBytes == left ? nil : "no packet, and bytes are gone"
    }

    /// A valid topic is a filter that matches it; one with wildcards or U+0000 is neither.
    private static func topicFinding(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        let filter = try? TopicFilter(text)
        guard TopicName.isValid(bytes.span) else {
            if let filter, text.utf8.elementsEqual(bytes), filter.share == nil, isPlain(filter) {
                return "\(bytes) is a filter without wildcard and no topic"
            }
            return nil
        }
        guard let filter else { return bytes.starts(with: "$share/".utf8) ? nil : "\(bytes) is a topic and no filter" }
        if filter.share == nil, !filter.matches(topic: bytes.span) { return "\(bytes) does not match itself" }
        guard let rest = try? TopicFilter("#") else { return "# is no filter" }
        return rest.matches(topic: bytes.span) == (bytes.first != UInt8(ascii: "$")) ? nil : "\(bytes) against #"
    }

    private static func isPlain(_ filter: TopicFilter) -> Bool {
        filter.levels.allSatisfy { if case .name = $0 { true } else { false } }
    }
}
