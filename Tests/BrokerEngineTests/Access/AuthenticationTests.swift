import BrokerAccess
import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// The seam to the authenticator: CONNECT waits until somebody knows who the client is.
@Suite struct AuthenticationTests {
    private let ann = Principal(userName: "ann", clientIdentifier: "a")

    @Test func connectWaitsForItsOutcome() throws {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a") {
            $0.username = "ann"
            $0.password = ByteBuffer(string: "secret")
        }
        #expect(peer.inbox.isEmpty)
        #expect(harness.engine.statistics.sessions == 0, "nothing is made for somebody unknown")
        let (handle, request) = try #require(harness.takeRequest())
        #expect(handle == peer.handle)
        #expect(request.step == .connect)
        #expect(request.clientIdentifier == "a")
        #expect(request.userName == "ann")
        #expect(request.password == Array("secret".utf8))
        #expect(request.method == nil)
        #expect(harness.answer(peer, number: request.number, .accepted(ann)))
        #expect(peer.connAck?.reasonCode == .success)
        #expect(harness.takeRequest() == nil)
        harness.check()
    }

    @Test func bytesBehindConnectWaitAndAreTakenAfterIt() {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a")
        peer.subscribe("t")
        peer.send(.pingreq)
        #expect(!peer.unsent.isEmpty)
        #expect(peer.inbox.isEmpty)
        harness.answer(peer, .accepted(ann))
        #expect(peer.unsent.isEmpty)
        #expect(peer.subAck?.reasonCodes == [.grantedQoS1])
        #expect(peer.inbox.last == .pingresp)
    }

    @Test func aRefusedClientIsToldWhyAndMakesNothing() {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a") { $0.username = "ann" }
        harness.answer(peer, .refused(.badUserNameOrPassword, "no such user"))
        #expect(peer.connAck?.reasonCode == .badUserNameOrPassword)
        #expect(peer.connAck?.properties.reasonString == nil, "what the audit log says is not for the client")
        #expect(peer.isClosed)
        #expect(harness.engine.statistics.sessions == 0)
        #expect(harness.engine.statistics.authenticationsRefused == 1)
        let refusals = harness.takeRefusals()
        #expect(refusals.map(\.action) == [.authenticate] && refusals.map(\.clientIdentifier) == ["a"])
        #expect(refusals.map(\.userName) == ["ann"] && refusals.map(\.detail) == ["no such user"])
        #expect(refusals.allSatisfy { $0.connection >= 0 }, "the audit log finds the address by it")
        harness.check()
    }

    @Test func aReasonThatConnAckDoesNotKnowBecomesNotAuthorized() {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a")
        harness.answer(peer, .refused(.keepAliveTimeout, ""))
        #expect(peer.connAck?.reasonCode == .notAuthorized)
    }

    @Test func a311ClientGetsItsReturnCode() {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a") { $0.version = .v3_1_1 }
        harness.answer(peer, .refused(.badUserNameOrPassword, ""))
        #expect(peer.connAck?.reasonCode == .badUserNameOrPassword)
        #expect(peer.receivedBytes == 4)
    }

    @Test func aSessionIsTakenOverOnlyByWhoProvedIt() {
        let harness = EngineHarness()
        let first = harness.connectAuthenticating("a")
        harness.answer(first, .accepted(ann))
        let thief = harness.connectAuthenticating("a")
        #expect(!first.isClosed)
        harness.answer(thief, .refused(.notAuthorized, ""))
        #expect(!first.isClosed)
        let second = harness.connectAuthenticating("a")
        harness.answer(second, .accepted(ann))
        #expect(first.disconnectReason == .sessionTakenOver)
        #expect(second.connAck?.reasonCode == .success)
        harness.check()
    }

    @Test func anOutcomeOfAnotherRequestChangesNothing() {
        let harness = EngineHarness()
        let first = harness.connectAuthenticating("a")
        let number = harness.takeRequest()?.request.number ?? 0
        first.cut()
        let second = harness.connectAuthenticating("b")
        #expect(second.handle == first.handle, "the handle is used again")
        #expect(!harness.answer(second, number: number, .accepted(ann)))
        #expect(second.inbox.isEmpty)
        #expect(harness.answer(second, .accepted(ann)))
        #expect(second.connAck?.reasonCode == .success)
        harness.check()
    }

    @Test func aConnectionThatClosesIsAskedForNoMore() {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a")
        peer.cut()
        #expect(harness.takeRequest() == nil)
        #expect(harness.engine.parkedConnects == 0)
        #expect(harness.engine.exchanges.isEmpty)
    }

    @Test func anAuthenticatorThatIsLateEndsTheConnection() {
        let harness = EngineHarness { $0.limits.authenticationDeadline = 20 }
        let peer = harness.connectAuthenticating("a")
        let number = harness.takeRequest()?.request.number ?? 0
        harness.advance(milliseconds: 19_999)
        #expect(!peer.isClosed, "the deadline of CONNECT is over when it came")
        harness.advance(milliseconds: 1)
        #expect(peer.connAck?.reasonCode == .serverUnavailable)
        #expect(peer.isClosed)
        #expect(!harness.answer(peer, number: number, .accepted(ann)))
        #expect(harness.engine.statistics.sessions == 0)
    }

    @Test func moreThanTheLimitAreNotAuthenticatedAtOneTime() {
        let harness = EngineHarness { $0.limits.authentications = 1 }
        let first = harness.connectAuthenticating("a")
        let second = harness.connectAuthenticating("b")
        #expect(second.connAck?.reasonCode == .serverBusy)
        harness.answer(first, .accepted(ann))
        let third = harness.connectAuthenticating("c")
        #expect(third.inbox.isEmpty)
        harness.answer(third, .accepted(ann))
        #expect(third.connAck?.reasonCode == .success)
    }

    @Test func aShutdownEndsWhoWaits() {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("a")
        harness.engine.shutDown(at: harness.now)
        harness.turn()
        #expect(peer.connAck?.reasonCode == .serverUnavailable)
        #expect(peer.isClosed)
    }

    @Test func anEmptyClientIdentifierIsAssignedToWhoIsLetIn() throws {
        let harness = EngineHarness()
        let peer = harness.connectAuthenticating("")
        harness.answer(peer, .accepted(Principal(userName: "ann", clientIdentifier: "")))
        let assigned = try #require(peer.connAck?.properties.assignedClientIdentifier)
        #expect(harness.engine.principals.values.map(\.clientIdentifier) == [assigned])
    }
}
