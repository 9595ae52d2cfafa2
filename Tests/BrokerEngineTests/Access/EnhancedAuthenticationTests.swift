import BrokerAccess
import MQTTPackets
import NIOCore
import Testing

@testable import BrokerEngine

/// AUTH, with CONNECT and again on a live connection (MQTT 5.0 §3.15, §4.12).
@Suite struct EnhancedAuthenticationTests {
    private let harness = EngineHarness { $0.limits.authenticationDeadline = 20 }
    private let ann = Principal(userName: "ann", clientIdentifier: "a")

    private func begin() -> Peer {
        harness.connectAuthenticating("a") {
            $0.properties.authenticationMethod = "SCRAM"
            $0.properties.authenticationData = ByteBuffer(string: "1")
        }
    }

    private func connected() -> Peer {
        let peer = begin()
        harness.answer(peer, .accepted(ann))
        _ = peer.take()
        return peer
    }

    private func auth(_ reason: ReasonCode, _ data: String, method: String = "SCRAM") -> Packet {
        let properties = AuthProperties(authenticationMethod: method, authenticationData: ByteBuffer(string: data))
        return .auth(Auth(reasonCode: reason, properties: properties))
    }

    @Test func challengesGoBothWaysUntilConnAck() throws {
        let peer = begin()
        let first = try #require(harness.takeRequest()?.request)
        #expect(first.method == "SCRAM")
        #expect(first.data == Array("1".utf8))
        #expect(harness.answer(peer, number: first.number, .challenge(Array("2".utf8))))
        #expect(peer.take() == [auth(.continueAuthentication, "2")])
        peer.send(auth(.continueAuthentication, "3"))
        #expect(peer.inbox.isEmpty)
        let second = try #require(harness.takeRequest()?.request)
        #expect(second.step == .continuation)
        #expect(second.clientIdentifier == "a")
        #expect(second.data == Array("3".utf8))
        #expect(second.number != first.number)
        harness.answer(peer, number: second.number, .accepted(ann, data: Array("4".utf8)))
        #expect(peer.connAck?.reasonCode == .success)
        #expect(peer.connAck?.properties.authenticationMethod == "SCRAM", "MQTT-4.12.0-5")
        #expect(peer.connAck?.properties.authenticationData == ByteBuffer(string: "4"))
        harness.check()
    }

    @Test func onlyAuthAndDisconnectComeBeforeConnAck() {
        let peer = begin()
        harness.answer(peer, .challenge([]))
        peer.send(.pingreq)
        #expect(peer.connAck?.reasonCode == .protocolError, "MQTT-3.1.2-30")
        #expect(peer.isClosed)
        let other = begin()
        harness.answer(other, .challenge([]))
        _ = other.take()
        other.disconnect()
        #expect(other.isClosed)
        #expect(other.inbox.isEmpty)
        harness.check()
    }

    @Test func theMethodStaysTheSame() {
        let peer = begin()
        harness.answer(peer, .challenge([]))
        peer.send(auth(.continueAuthentication, "3", method: "OTHER"))
        #expect(peer.connAck?.reasonCode == .badAuthenticationMethod, "MQTT-4.12.0-5")
        #expect(peer.isClosed)
    }

    @Test func reauthenticationBelongsToALiveConnection() {
        let peer = begin()
        harness.answer(peer, .challenge([]))
        peer.send(auth(.reauthenticate, "3"))
        #expect(peer.connAck?.reasonCode == .protocolError)
    }

    @Test func aClientThatDoesNotAnswerIsRefused() {
        let peer = begin()
        harness.advance(seconds: 10)
        harness.answer(peer, .challenge([]))
        harness.advance(milliseconds: 9_999)
        #expect(!peer.isClosed)
        harness.advance(milliseconds: 1)
        #expect(peer.connAck?.reasonCode == .notAuthorized, "the deadline is that of the whole exchange")
        #expect(peer.isClosed)
    }

    @Test func aChallengeForAClientWithoutMethodIsNotSent() {
        let peer = harness.connectAuthenticating("a")
        harness.answer(peer, .challenge([1]))
        #expect(peer.take() == [.connack(ConnAck(reasonCode: .notAuthorized))], "MQTT-4.12.0-6")
        #expect(peer.isClosed)
    }

    @Test func aMethodWithoutAuthenticatorIsRefused() {
        let peer = harness.connect("a") { $0.properties.authenticationMethod = "SCRAM" }
        #expect(peer.connAck?.reasonCode == .badAuthenticationMethod, "MQTT-4.12.0-1")
    }

    // MARK: Again

    @Test func aLiveConnectionProvesAgainWhileItGoesOn() throws {
        let peer = connected()
        peer.subscribe("t")
        _ = peer.take()
        peer.send(auth(.reauthenticate, "1"))
        peer.publish("t", "meanwhile", qos: .atMostOnce)
        #expect(peer.takePayloads() == ["meanwhile"], "other packets go on (§4.12.1)")
        let first = try #require(harness.takeRequest()?.request)
        #expect(first.step == .reauthentication)
        #expect(first.userName == "ann")
        harness.answer(peer, number: first.number, .challenge(Array("2".utf8)))
        #expect(peer.take() == [auth(.continueAuthentication, "2")])
        peer.send(auth(.continueAuthentication, "3"))
        let second = try #require(harness.takeRequest()?.request)
        #expect(second.step == .reauthentication)
        harness.answer(peer, number: second.number, .accepted(ann, data: Array("4".utf8)))
        #expect(peer.take() == [auth(.success, "4")])
        peer.send(auth(.reauthenticate, "5"))
        #expect(harness.takeRequest() != nil, "and again")
        harness.check()
    }

    @Test func twoAtATimeAreAProtocolError() {
        let peer = connected()
        peer.send(auth(.reauthenticate, "1"))
        peer.send(auth(.reauthenticate, "1"))
        #expect(peer.disconnectReason == .protocolError)
        #expect(peer.isClosed)
        harness.check()
    }

    @Test func anAnswerToNoChallengeIsAProtocolError() {
        let peer = connected()
        peer.send(auth(.continueAuthentication, "1"))
        #expect(peer.disconnectReason == .protocolError)
    }

    @Test func anotherMethodThanAtConnectIsRefused() {
        let peer = connected()
        peer.send(auth(.reauthenticate, "1", method: "OTHER"))
        #expect(peer.disconnectReason == .badAuthenticationMethod, "MQTT-4.12.1-1")
        #expect(peer.isClosed)
    }

    @Test func authWithoutMethodInConnectIsAProtocolError() {
        let peer = harness.connect("a", as: "ann")
        peer.send(auth(.reauthenticate, "1"))
        #expect(peer.disconnectReason == .protocolError)
    }

    @Test func aFailureEndsTheConnection() {
        let witness = harness.connect("witness")
        witness.subscribe("will")
        let peer = begin()
        harness.answer(peer, .refused(.notAuthorized, ""))
        let live = harness.connectAuthenticating("a") {
            $0.properties.authenticationMethod = "SCRAM"
            $0.will = Will(topic: "will", payload: ByteBuffer(string: "gone"))
        }
        harness.answer(live, .accepted(ann))
        live.send(auth(.reauthenticate, "1"))
        harness.answer(live, .refused(.notAuthorized, "expired"))
        #expect(live.disconnectReason == .notAuthorized, "MQTT-4.12.1-2")
        #expect(live.isClosed)
        #expect(witness.takePayloads() == ["gone"])
        harness.check()
    }

    @Test func aLateOneEndsTheConnection() {
        let peer = connected()
        harness.advance(seconds: 100)
        peer.send(auth(.reauthenticate, "1"))
        let number = harness.takeRequest()?.request.number
        harness.advance(seconds: 20)
        #expect(peer.disconnectReason == .notAuthorized, "0x88 is not for DISCONNECT")
        #expect(peer.isClosed)
        #expect(!harness.answer(peer, number: number ?? 0, .accepted(ann)))
    }

    @Test func nobodyBecomesSomebodyElse() {
        let peer = connected()
        peer.send(auth(.reauthenticate, "1"))
        harness.answer(peer, .accepted(Principal(userName: "bob", clientIdentifier: "a")))
        #expect(peer.disconnectReason == .notAuthorized)
        #expect(peer.isClosed)
    }
}
