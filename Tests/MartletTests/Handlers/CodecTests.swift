import Martlet
import MartletTesting
import NIOCore
import Testing

@Suite("What payloads are decoded into")
struct CodecTests {
    private struct Buffers: Handler {
        func handle(_ message: ByteBuffer, context: HandlerContext) throws {
            try context.publish(text: "\(message.readableBytes)", to: "out")
        }
    }

    private struct Bytes: Handler {
        func handle(_ message: [UInt8], context: HandlerContext) throws {
            try context.publish(text: "\(message)", to: "out")
        }
    }

    private struct Texts: Handler {
        var codec: any MessageCodec<String> { TextMessageCodec() }
        func handle(_ message: String, context: HandlerContext) throws {
            try context.publish(text: message + "!", to: "out")
        }
    }

    /// A codec of a user's own, for a message that is not Sendable.
    private struct PairCodec: MessageCodec {
        final class Pair {
            var left: UInt8
            var right: UInt8
            init(_ left: UInt8, _ right: UInt8) { (self.left, self.right) = (left, right) }
        }

        func decode(_ payload: ByteBuffer, properties: MQTTMessageProperties) throws -> Pair {
            let bytes = Array(payload.readableBytesView)
            guard bytes.count == 2, properties.contentType == "pair" else { throw Failure(description: "no pair") }
            return Pair(bytes[0], bytes[1])
        }
    }

    private struct Pairs: Handler {
        var codec: any MessageCodec<PairCodec.Pair> { PairCodec() }
        func handle(_ message: PairCodec.Pair, context: HandlerContext) throws {
            message.left += message.right
            try context.publish(text: "\(message.left)", to: "out")
        }
    }

    private func text(
        _ handler: some Handler,
        _ bytes: [UInt8],
        contentType: String? = nil
    ) async throws -> String? {
        let harness = try HandlerHarness("in", handler: handler)
        let properties = MQTTMessageProperties(contentType: contentType)
        let outcome = try await harness.deliver(bytes: bytes, topic: "in", properties: properties)
        return outcome.published.first.map { String(buffer: $0.payload) }
    }

    @Test("Bytes come as they are, as a buffer or an array")
    func bytes() async throws {
        #expect(try await text(Buffers(), [1, 2, 3]) == "3")
        #expect(try await text(Bytes(), [1, 2, 3]) == "[1, 2, 3]")
        #expect(try await text(Bytes(), []) == "[]")
    }

    @Test("Text must be well-formed UTF-8")
    func texts() async throws {
        #expect(try await text(Texts(), Array("né".utf8)) == "né!")
        #expect(try await text(Texts(), [0xFF]) == nil)
    }

    @Test("A codec of the user's own may look at the properties, and make what is not Sendable")
    func own() async throws {
        #expect(try await text(Pairs(), [1, 2], contentType: "pair") == "3")
        #expect(try await text(Pairs(), [1, 2]) == nil)
    }
}
