import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server of a test: it answers as the closure says, or not at all.
final class HookServer: Sendable {
    /// A request as it came.
    struct Question: Sendable {
        var method: String
        var headers: [String: String]
        var body: String
    }

    /// What the server does with a request.
    enum Reply: Sendable {
        case answer(Int, String)
        /// Nothing, ever.
        case silence
        /// The head of an answer, and never its body.
        case half
        /// The end of the connection.
        case hangUp
    }

    private let channel: any Channel
    private let box: Box

    static func with(
        _ reply: @escaping @Sendable (Question) -> Reply,
        _ body: (HookServer) async throws -> Void
    ) async throws {
        let server = try await HookServer(reply)
        do {
            try await body(server)
            try await server.channel.close()
        } catch {
            try? await server.channel.close()
            throw error
        }
    }

    private init(_ reply: @escaping @Sendable (Question) -> Reply) async throws {
        let box = Box()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(reply: reply, box: box))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        self.box = box
    }

    /// What was asked so far.
    var asked: [Question] { box.questions.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/auth" }

    private final class Box: Sendable {
        let questions = Mutex<[Question]>([])
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let reply: @Sendable (Question) -> Reply
        private let box: Box
        private var question = Question(method: "", headers: [:], body: "")

        init(reply: @escaping @Sendable (Question) -> Reply, box: Box) {
            self.reply = reply
            self.box = box
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
                question = Question(
                    method: head.method.rawValue,
                    headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
                    body: ""
                )
            case .body(let bytes): question.body += String(buffer: bytes)
            case .end:
                box.questions.withLock { $0.append(question) }
                answer(reply(question), context)
            }
        }

        private func answer(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .silence: break
            case .hangUp: context.close(promise: nil)
            case .half:
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "100"])
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            case .answer(let status, let text):
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: .init(statusCode: status),
                    headers: ["Content-Length": "\(text.utf8.count)", "Location": "/elsewhere"]
                )
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
