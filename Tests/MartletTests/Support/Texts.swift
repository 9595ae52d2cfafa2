import Martlet
import NIOCore

/// A handler of texts that does what a test says.
struct Texts: Handler {
    var codec: any MessageCodec<String> { TextMessageCodec() }
    var body: @Sendable (String, HandlerContext) async throws -> Void

    init(_ body: @escaping @Sendable (String, HandlerContext) async throws -> Void) {
        self.body = body
    }

    func handle(_ message: String, context: HandlerContext) async throws {
        try await body(message, context)
    }
}
