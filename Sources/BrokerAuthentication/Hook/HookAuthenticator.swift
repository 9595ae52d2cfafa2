import AsyncHTTPClient
package import BrokerAccess
import Foundation
import MQTTPackets
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks an HTTP server who a client is.
///
/// It lets nobody in by mistake: no answer in time, an answer that is not understood, and an error refuse the client.
package struct HookAuthenticator: Authenticator {
    /// How the server is asked.
    package struct Settings: Sendable {
        /// Where it is.
        package var url: String
        /// How long an answer may take.
        package var timeout = Duration.seconds(5)
        /// Connections to it at one time; a request that finds none free waits, within its timeout.
        package var concurrentRequests = 64
        /// A file whose content is sent as the header `Authorization`.
        package var authorizationFile: String?
        /// A PEM file of the authorities that are trusted; nil for those of the machine.
        package var trustedAuthorities: String?
        /// Whether passwords may go over `http` to another machine.
        package var allowsPlainText = false

        /// Makes settings.
        ///
        /// - Parameter url: Where it is.
        package init(url: String) {
            self.url = url
        }
    }

    /// Bytes of an answer.
    static let maximumAnswer = 65_536

    private let settings: Settings
    private let client: HTTPClient
    private let authorization: String?

    /// Makes a client of the server; nothing is asked yet.
    ///
    /// - Parameter settings: How it is asked.
    /// - Throws: What is wrong with a setting or a file.
    package init(_ settings: Settings) throws(AuthenticationError) {
        try Self.check(settings)
        self.settings = settings
        authorization = try settings.authorizationFile.map(Self.authorization)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .nanoseconds(WallClock.milliseconds(settings.timeout) * 1_000_000)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, settings.concurrentRequests)
        if let path = settings.trustedAuthorities {
            configuration.tlsConfiguration = try Self.trust(path)
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func check(_ settings: Settings) throws(AuthenticationError) {
        guard let url = URLComponents(string: settings.url), let host = url.host, !host.isEmpty,
            url.scheme == "http" || url.scheme == "https"
        else { throw AuthenticationError(.setting, "the address of the HTTP hook begins with https:// or http://") }
        guard url.user == nil, url.password == nil else {
            throw AuthenticationError(.setting, "the address of the HTTP hook holds no password; use authorizationFile")
        }
        let isLocal = host == "localhost" || host == "[::1]" || host == "::1" || host.hasPrefix("127.")
        guard url.scheme == "https" || isLocal || settings.allowsPlainText else {
            throw AuthenticationError(
                .setting,
                "the HTTP hook would send passwords in the clear to \(host); use https://, or allow plain text"
            )
        }
        guard settings.timeout > .zero else {
            throw AuthenticationError(.setting, "the timeout of the HTTP hook is more than zero")
        }
    }

    private static func authorization(_ path: String) throws(AuthenticationError) -> String {
        let bytes = try SettingFile.read(path, "the authorization of the HTTP hook")
        let line = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        guard !line.isEmpty, line.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw AuthenticationError(.content, "\(path): an authorization is one line of ASCII, such as 'Bearer …'")
        }
        return String(decoding: line, as: UTF8.self)
    }

    private static func trust(_ path: String) throws(AuthenticationError) -> TLSConfiguration {
        let bytes = try SettingFile.read(path, "the authorities of the HTTP hook")
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw AuthenticationError(.content, "\(path): this holds no certificates in PEM")
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(certificates)
        return configuration
    }

    package func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer
    ) async -> AuthenticationDecision {
        guard let body = try? JSONEncoder().encode(HookRequest(request, of: peer)) else {
            return .refused(.serverUnavailable, "the HTTP hook could not be asked")
        }
        var question = HTTPClientRequest(url: settings.url)
        question.method = .POST
        question.headers.add(name: "Content-Type", value: "application/json")
        if let authorization { question.headers.add(name: "Authorization", value: authorization) }
        question.body = .bytes(ByteBuffer(bytes: body))
        do {
            return decide(try await answer(to: question), request)
        } catch is CancellationError {
            return .refused(.serverUnavailable, "the HTTP hook did not answer in time")
        } catch let error as HookFailure {
            return .refused(.serverUnavailable, error.message)
        } catch {
            return .refused(.serverUnavailable, "the HTTP hook cannot be reached")
        }
    }

    private func decide(_ answer: HookAnswer, _ request: AuthenticationRequest) -> AuthenticationDecision {
        switch answer.result {
        case .ignore: return .unknown
        case .deny: return .refused(.notAuthorized, "the HTTP hook denied it")
        case .allow:
            return .accepted(
                Principal(
                    userName: answer.userName ?? request.userName,
                    clientIdentifier: request.clientIdentifier,
                    attributes: answer.attributes ?? [:],
                    groups: answer.groups ?? []
                )
            )
        }
    }

    /// Asks, and reads the whole answer, within the timeout.
    private func answer(to question: HTTPClientRequest) async throws -> HookAnswer {
        let timeout = settings.timeout
        return try await withThrowingTaskGroup(of: HookAnswer.self) { group in
            group.addTask { try await read(question) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HookFailure(message: "the HTTP hook did not answer in time")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func read(_ question: HTTPClientRequest) async throws -> HookAnswer {
        let timeout = TimeAmount.nanoseconds(WallClock.milliseconds(settings.timeout) * 1_000_000)
        let response = try await client.execute(question, timeout: timeout)
        guard response.status == .ok else {
            throw HookFailure(message: "the HTTP hook answered with status \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: Self.maximumAnswer)
        guard let answer = try? JSONDecoder().decode(HookAnswer.self, from: Data(body.readableBytesView)),
            answer.isUsable
        else { throw HookFailure(message: "the HTTP hook gave an answer that is not understood") }
        return answer
    }

    package func shutDown() async {
        try? await client.shutdown()
    }
}
