import AsyncHTTPClient
import BrokerAdmin
import Foundation
import Logging
import MartletTesting
import NIOCore
import NIOHTTP1

/// A client of the admin API.
struct Admin: Sendable {
    /// What came back.
    struct Answer: @unchecked Sendable {
        // Safe because what JSON is read into here is never changed.
        var object: [String: Any]
        var status: Int
        var text: String
        var headers: HTTPHeaders
    }

    let port: Int
    var authorization: String?

    func send(_ method: String, _ path: String, body: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let data = Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
        let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
        return Answer(
            object: object,
            status: Int(response.status.code),
            text: String(decoding: data, as: UTF8.self),
            headers: response.headers
        )
    }

    /// The object that a path shows.
    func get(_ path: String) async throws -> [String: Any] { try await send("GET", path).object }

    func status(_ path: String) async throws -> Int { try await send("GET", path).status }

    /// Everything that a list has, page by page.
    ///
    /// - Parameters:
    ///   - path: The list.
    ///   - limit: What a page may have.
    ///   - between: Called after each page with its size.
    /// - Returns: The items.
    /// - Throws: When the API does not answer.
    func walk(_ path: String, limit: Int, between: (Int) async throws -> Void = { _ in }) async throws -> [[String:
        Any]]
    {
        var items: [[String: Any]] = []
        var cursor: Int? = 0
        let mark = path.contains("?") ? "&" : "?"
        while let at = cursor {
            let page = try await get("\(path)\(mark)limit=\(limit)&cursor=\(at)")
            let some = page["items"] as? [[String: Any]] ?? []
            items += some
            try await between(some.count)
            cursor = page["cursor"] as? Int
        }
        return items
    }
}

/// A broker with an admin API, for as long as a closure runs.
func withAdmin(
    configure: (inout AdminConfiguration) -> Void = { _ in },
    _ body: @Sendable (TestBroker, Admin) async throws -> Void
) async throws {
    var configuration = AdminConfiguration()
    configuration.port = 0
    configure(&configuration)
    let settings = configuration
    try await TestBroker.withBroker { broker in
        try await withAdmin(of: broker, settings) { try await body(broker, $0) }
    }
}

/// An admin API of the present life of a broker.
func withAdmin(
    of broker: TestBroker,
    _ configuration: AdminConfiguration,
    _ body: @Sendable (Admin) async throws -> Void
) async throws {
    guard let present = broker.present else { throw CancellationError() }
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let server = try AdminServer(broker: present, configuration: configuration, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let port = try await server.waitUntilListening()
        do {
            try await body(Admin(port: port))
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
    }
}
