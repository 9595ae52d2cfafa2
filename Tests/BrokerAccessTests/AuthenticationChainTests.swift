import BrokerAccess
import BrokerAuthentication
import MQTTPackets
import Testing

@Suite struct AuthenticationChainTests {
    private static let alice = AuthenticationDecision.decided(
        .accepted(Principal(userName: "alice", clientIdentifier: "c1")),
        expiry: nil
    )
    private static let wrong = AuthenticationDecision.decided(.refused(.badUserNameOrPassword, "wrong"), expiry: nil)

    @Test func theFirstThatKnowsTheClientDecides() async {
        let last = AnsweringAuthenticator(Self.alice)
        let refusing = AuthenticationChain([
            AnsweringAuthenticator(.unknown), AnsweringAuthenticator(Self.wrong), last,
        ])
        #expect(await refusing.authenticate(.connect("alice", "x"), of: .here).text == "wrong")
        #expect(last.count == 0)
        let accepting = AuthenticationChain([AnsweringAuthenticator(.unknown), last])
        #expect(await accepting.authenticate(.connect("alice", "x"), of: .here).principal?.userName == "alice")
        #expect(last.count == 1)
    }

    @Test func whoNobodyKnowsIsRefused() async {
        let chain = AuthenticationChain([AnsweringAuthenticator(.unknown)])
        #expect(await chain.authenticate(.connect("alice", "x"), of: .here).reason == .badUserNameOrPassword)
        #expect(await chain.authenticate(.connect(nil, nil), of: .here).reason == .notAuthorized)
        #expect(await AuthenticationChain([]).authenticate(.connect("a", "b"), of: .here).principal == nil)
    }

    @Test func aMethodGoesToThoseThatHaveIt() async {
        let plain = AnsweringAuthenticator(Self.alice)
        let other = AnsweringAuthenticator(Self.wrong, methods: ["B"])
        let right = AnsweringAuthenticator(Self.alice, methods: ["A"])
        let chain = AuthenticationChain([plain, other, right])
        #expect(chain.methods == ["A", "B"])
        #expect(await chain.authenticate(.enhanced("A", "x"), of: .here).principal?.userName == "alice")
        #expect(plain.count == 0 && other.count == 0)
        #expect(await chain.authenticate(.enhanced("C", "x"), of: .here).reason == .badAuthenticationMethod)
        #expect(plain.count == 0 && right.count == 1)
    }

    @Test func anonymousClientsAreNobody() async {
        let careful = AnonymousAuthenticator(acceptsBeyondThisMachine: false, acceptsCredentials: false)
        let decision = await careful.authenticate(.connect(nil, nil, client: "me"), of: .here)
        #expect(decision.principal == Principal(userName: nil, clientIdentifier: "me"))
        #expect(await careful.authenticate(.connect("alice", nil), of: .here).isUnknown)
        #expect(await careful.authenticate(.connect(nil, "x"), of: .here).isUnknown)
        #expect(await careful.authenticate(.connect(nil, nil), of: .there).reason == .notAuthorized)
        let open = AnonymousAuthenticator(acceptsBeyondThisMachine: true, acceptsCredentials: true)
        let named = await open.authenticate(.connect("alice", "x"), of: .there)
        #expect(named.principal?.userName == nil && named.principal != nil)
    }
}
