import HTTPTypes
import Hummingbird
import Logging
import MartletBroker
import NIOCore

/// What all paths share: who asks, how many at one time, and how errors are told.
extension AdminRoutes {
    /// Adds a path that asks the broker.
    func add(
        _ route: AdminRoute,
        _ known: Set<String> = [],
        to router: Router<AdminContext>,
        _ answer: @escaping Answer
    ) {
        guard let method = HTTPRequest.Method(rawValue: route.method) else { return }
        router.on(RouterPath(route.path), method: method) { request, context in
            try await self.gate.pass {
                try await self.admit(request, to: route, context)
                try await self.checkBody(of: request)
                let query = try AdminQuery(request, context, known: known, self.configuration.limits)
                return try await Self.telling { try await answer(query) }
            }
        }
    }

    /// Lets in who may.
    private func admit(_ request: Request, to route: AdminRoute, _ context: AdminContext) async throws {
        guard let authenticator = configuration.access.authenticator else { return }
        guard let header = request.headers[.authorization] else {
            throw AdminError(.unauthenticated, "Say who you are: Basic or Bearer, in the header Authorization.")
        }
        guard let credentials = AdminCredentials(header: header) else {
            throw AdminError(.unauthenticated, "The header Authorization is neither Basic nor Bearer.")
        }
        guard let one = await authenticator(credentials) else {
            throw AdminError(.unauthenticated, "The user name and password, or the token, are not right.")
        }
        guard configuration.access.right(of: one) >= route.right else {
            throw AdminError(
                .forbidden,
                "'\(one.userName)' may not do that: it needs the right to \(route.right.rawValue)."
            )
        }
        guard route.right == .write else { return }
        context.logger.notice(
            "An operator acts",
            metadata: ["user": "\(one.userName)", "method": "\(request.method)", "path": "\(request.uri.path)"]
        )
    }

    /// No path reads a body; one that is there is bounded and passed over.
    private func checkBody(of request: Request) async throws {
        var bytes = 0
        for try await part in request.body {
            bytes += part.readableBytes
            guard bytes <= configuration.limits.bodyBytes else {
                throw AdminError(.tooLarge, "The body is larger than \(configuration.limits.bodyBytes) bytes.")
            }
        }
    }

    /// Tells what the broker throws.
    private static func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as BrokerError {
            switch error.code {
            case .configuration: throw AdminError(.invalid, error.message, cause: error)
            case .busy: throw AdminError(.busy, error.message, cause: error)
            default: throw AdminError(.unavailable, error.message, cause: error)
            }
        }
    }

    /// A list: as many looks as it takes to fill the page, up to a bound.
    func list<Item>(
        _ query: AdminQuery,
        _ look: (UInt64, Int) async throws -> ReportPage<Item>
    ) async throws -> Response {
        let limit = try query.limit()
        var cursor: UInt64? = try query.cursor()
        var items: [Item] = []
        var looks = 0
        while let at = cursor, items.count < limit, looks < configuration.limits.looks {
            let page = try await look(at, limit - items.count)
            items += page.items
            cursor = page.cursor
            looks += 1
        }
        return JSONResponse.make(ReportPage(items: items, cursor: cursor))
    }

    /// What was looked for.
    ///
    /// - Throws: ``AdminError`` with the code `not-found`.
    func found<Value>(_ value: Value?, _ what: String) throws(AdminError) -> Value {
        guard let value else { throw AdminError(.notFound, "There is no \(what).") }
        return value
    }
}
