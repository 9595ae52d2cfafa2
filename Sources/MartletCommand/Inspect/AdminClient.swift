import AsyncHTTPClient
import BrokerAdmin
import Foundation
import MartletBroker
import NIOCore
import NIOHTTP1

/// Asks the admin API of a broker.
struct AdminClient: Sendable {
    /// The largest answer that is read.
    static let longestAnswer = 64 << 20
    /// What one request for a list asks for.
    static let itemsPerRequest = 1_000

    /// Where it is: scheme, host, port.
    let url: String
    /// The header `Authorization`; nil for none.
    let authorization: String?
    /// How long an answer may take.
    let timeout: Duration

    // MARK: Verbs

    /// Shows one thing.
    func show<Value: Decodable>(_ path: [String], as type: Value.Type = Value.self) async throws -> Value {
        try await send(.GET, path, [])
    }

    /// Lists things.
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - query: Which ones.
    ///   - limit: How many at most.
    ///   - type: What they are.
    /// - Returns: As many of them.
    /// - Throws: ``CommandFailure``.
    func list<Item: Codable & Sendable>(
        _ path: [String],
        _ query: [(String, String?)] = [],
        limit: Int,
        of type: Item.Type = Item.self
    ) async throws -> InspectedList<Item> {
        var items: [Item] = []
        var cursor: UInt64?
        repeat {
            let asked = min(limit - items.count, Self.itemsPerRequest)
            let more = [("limit", "\(asked)"), ("cursor", cursor.map { "\($0)" })]
            let page: ReportPage<Item> = try await send(.GET, path, query + more)
            items += page.items
            cursor = page.cursor
        } while cursor != nil && items.count < limit
        return InspectedList(items: items, isCut: cursor != nil)
    }

    /// Does something.
    func act<Value: Decodable>(
        _ method: HTTPMethod,
        _ path: [String],
        _ query: [(String, String?)] = []
    ) async throws -> Value {
        try await send(method, path, query)
    }

    /// What a probe says.
    ///
    /// - Returns: Whether all is well, and what is in the way.
    func probe(_ path: String) async throws -> HealthBody {
        let (_, data) = try await exchange(.GET, [path], [])
        return try decode(data)
    }

    // MARK: The exchange

    private func send<Value: Decodable>(
        _ method: HTTPMethod,
        _ path: [String],
        _ query: [(String, String?)]
    ) async throws -> Value {
        let (status, data) = try await exchange(method, path, query)
        guard (200..<300).contains(status) else {
            if let body = try? JSONDecoder().decode(AdminErrorBody.self, from: data) {
                throw CommandFailure(body.error.message)
            }
            throw CommandFailure("\(url) answered \(status); is it the admin API of a broker?")
        }
        return try decode(data)
    }

    private func decode<Value: Decodable>(_ data: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw CommandFailure(
                "the answer of \(url) is not understood: is it the admin API of a broker of this version?"
            )
        }
    }

    private func exchange(
        _ method: HTTPMethod,
        _ path: [String],
        _ query: [(String, String?)]
    ) async throws -> (status: Int, body: Data) {
        var request = HTTPClientRequest(url: Self.address(url, path, query))
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        do {
            let limit = TimeAmount.milliseconds(Int64(timeout.inMilliseconds))
            let response = try await HTTPClient.shared.execute(request, timeout: limit)
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            return (Int(response.status.code), Data(body.readableBytesView))
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(
                "\(url) does not answer (\(error)); a broker answers there when it is started with --admin"
            )
        }
    }

    /// The address of a path, each part of it encoded.
    static func address(_ url: String, _ path: [String], _ query: [(String, String?)]) -> String {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        let parts = path.map(encoded).joined(separator: "/")
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return "\(base)/\(parts)" + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    private static func encoded(_ text: String) -> String {
        // What RFC 3986 §2.3 does not reserve; a name of `.` or `..` is no step in a path either.
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
