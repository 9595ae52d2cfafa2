import BrokerAccess
import Foundation
import MQTTPackets
import Testing

@testable import BrokerAuthentication

@Suite struct HookAuthenticatorTests {
    private static func with(
        _ settings: HookAuthenticator.Settings,
        _ body: (HookAuthenticator) async throws -> Void
    ) async throws {
        let hook = try HookAuthenticator(settings)
        do {
            try await body(hook)
            await hook.shutDown()
        } catch {
            await hook.shutDown()
            throw error
        }
    }

    private static func decision(
        of reply: HookServer.Reply,
        timeout: Duration = .seconds(30)
    ) async throws -> AuthenticationDecision {
        var decision = AuthenticationDecision.unknown
        try await HookServer.with({ _ in reply }) { server in
            var settings = HookAuthenticator.Settings(url: server.url)
            settings.timeout = timeout
            try await with(settings) { decision = await $0.authenticate(.connect("alice", "pw"), of: .there) }
        }
        return decision
    }

    @Test func theServerIsToldWhatIsKnown() async throws {
        let folder = try TemporaryFolder()
        try await HookServer.with({ _ in .answer(200, #"{"result":"deny"}"#) }) { server in
            var settings = HookAuthenticator.Settings(url: server.url)
            settings.authorizationFile = try folder.write("Bearer xyz\n", as: "authorization")
            try await Self.with(settings) { hook in
                _ = await hook.authenticate(.connect("alice", "wonder", client: "phone"), of: .there)
                let bytes = AuthenticationRequest(
                    step: .connect,
                    clientIdentifier: "c2",
                    password: [0xFF, 0x00]
                )
                _ = await hook.authenticate(bytes, of: AuthenticationPeer(listener: "unix", isLocal: true))
            }
            let asked = server.asked
            try #require(asked.count == 2)
            #expect(asked[0].method == "POST" && asked[0].headers["authorization"] == "Bearer xyz")
            #expect(asked[0].headers["content-type"] == "application/json")
            let first = try JSONDecoder().decode([String: String].self, from: Data(asked[0].body.utf8))
            #expect(
                first == [
                    "clientId": "phone", "userName": "alice", "password": "wonder", "listener": "tcp",
                    "address": "192.0.2.7",
                ]
            )
            let second = try JSONDecoder().decode([String: String].self, from: Data(asked[1].body.utf8))
            #expect(second == ["clientId": "c2", "passwordBase64": "/wA=", "listener": "unix"])
        }
    }

    @Test func itsAnswerDecides() async throws {
        let allowed = try await Self.decision(
            of: .answer(200, #"{"result":"allow","userName":"al","attributes":{"site":"n"},"groups":["g"],"more":1}"#)
        )
        let expected = Principal(userName: "al", clientIdentifier: "c1", attributes: ["site": "n"], groups: ["g"])
        #expect(allowed.principal == expected)
        let plain = try await Self.decision(of: .answer(200, #"{"result":"allow"}"#))
        #expect(plain.principal == Principal(userName: "alice", clientIdentifier: "c1"))
        #expect(try await Self.decision(of: .answer(200, #"{"result":"deny"}"#)).reason == .notAuthorized)
        #expect(try await Self.decision(of: .answer(200, #"{"result":"ignore"}"#)).isUnknown)
    }

    @Test(arguments: [
        HookServer.Reply.answer(500, #"{"result":"allow"}"#), .answer(204, ""), .answer(302, #"{"result":"allow"}"#),
        .answer(201, #"{"result":"allow"}"#), .answer(200, ""), .answer(200, "allow"), .answer(200, "{}"),
        .answer(200, #"{"result":"Allow"}"#), .answer(200, #"{"result":true}"#),
        .answer(200, #"{"result":"allow","userName":""}"#), .answer(200, #"{"result":"allow","groups":"admins"}"#),
        .answer(200, #"{"result":"allow","x":""# + String(repeating: "x", count: 70_000) + #""}"#), .hangUp,
    ])
    func anythingElseRefuses(reply: HookServer.Reply) async throws {
        let decision = try await Self.decision(of: reply)
        #expect(decision.reason == .serverUnavailable, "\(reply)")
        #expect(!decision.text.contains("pw"))
    }

    @Test(arguments: [HookServer.Reply.silence, .half])
    func noAnswerInTimeRefuses(reply: HookServer.Reply) async throws {
        let decision = try await Self.decision(of: reply, timeout: .milliseconds(50))
        #expect(decision.reason == .serverUnavailable)
    }

    @Test func nobodyThereRefuses() async throws {
        var url = ""
        try await HookServer.with({ _ in .silence }) { url = $0.url }
        try await Self.with(HookAuthenticator.Settings(url: url)) { hook in
            #expect(await hook.authenticate(.connect("a", "b"), of: .there).reason == .serverUnavailable)
        }
    }

    @Test func settingsThatAreWrongAreRefused() throws {
        let folder = try TemporaryFolder()
        for url in ["", "ftp://x", "https://", "https://u:p@x/", "http://auth.example/", "http://192.0.2.1:80/"] {
            let error = #expect(throws: AuthenticationError.self, "\(url)") {
                try HookAuthenticator(HookAuthenticator.Settings(url: url))
            }
            #expect(error?.message.contains("u:p") != true)
        }
        var settings = HookAuthenticator.Settings(url: "https://auth.example/")
        settings.authorizationFile = try folder.write("a\nb", as: "header")
        #expect(throws: AuthenticationError.self) { try HookAuthenticator(settings) }
        settings.authorizationFile = nil
        settings.trustedAuthorities = try folder.write("nothing", as: "ca.pem")
        #expect(throws: AuthenticationError.self) { try HookAuthenticator(settings) }
    }
}
