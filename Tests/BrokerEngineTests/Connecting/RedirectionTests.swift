import BrokerAccess
import MQTTPackets
import Testing

@testable import BrokerEngine

/// Server redirection and response information (MQTT 5.0 §4.11, §4.10).
@Suite struct RedirectionTests {
    @Test(arguments: [(false, ReasonCode.useAnotherServer), (true, .serverMoved)])
    func clientsAreSentElsewhere(isPermanent: Bool, reason: ReasonCode) {
        let harness = EngineHarness()
        let before = harness.connect("before")
        harness.engine.setRedirection(Redirection(reference: "b.example:1883", isPermanent: isPermanent))
        let peer = harness.connect("a")
        #expect(peer.connAck?.reasonCode == reason)
        #expect(peer.connAck?.properties.serverReference == "b.example:1883")
        #expect(peer.isClosed)
        #expect(!before.isClosed)
        #expect(harness.connectOld("old").connAck?.reasonCode == .serverUnavailable)
        let unproven = harness.connectAuthenticating("c")
        #expect(unproven.connAck?.reasonCode == reason, "nobody has to prove anything to be sent away")
        harness.engine.shutDown(at: harness.now)
        harness.turn()
        #expect(before.disconnectReason == reason)
        #expect(before.inbox.last == .disconnect(disconnect(reason, "b.example:1883")))
        harness.check()
    }

    private func disconnect(_ reason: ReasonCode, _ reference: String) -> Disconnect {
        Disconnect(reasonCode: reason, properties: DisconnectProperties(serverReference: reference))
    }

    @Test func atShutdownTheReferenceIsTold() {
        let harness = EngineHarness { $0.redirection = nil }
        let peer = harness.connect("a")
        let small = harness.connect("b") { $0.properties.maximumPacketSize = 60 }
        harness.engine.setRedirection(Redirection(reference: String(repeating: "x", count: 50)))
        _ = peer.take()
        _ = small.take()
        harness.engine.shutDown(at: harness.now)
        harness.turn()
        let reference = String(repeating: "x", count: 50)
        #expect(peer.take() == [.disconnect(disconnect(.useAnotherServer, reference))])
        #expect(small.take() == [.disconnect(disconnect(.useAnotherServer, reference))])
    }

    @Test func aReferenceThatDoesNotFitIsLeftOut() {
        let harness = EngineHarness { $0.redirection = Redirection(reference: String(repeating: "x", count: 100)) }
        let peer = harness.connect("a") { $0.properties.maximumPacketSize = 30 }
        #expect(peer.connAck?.reasonCode == .useAnotherServer)
        #expect(peer.connAck?.properties.serverReference == nil)
    }

    @Test func aBrokerThatServesAgainTakesClients() {
        let harness = EngineHarness { $0.redirection = Redirection(reference: nil) }
        let away = harness.connect("a")
        #expect(away.connAck?.reasonCode == .useAnotherServer)
        #expect(away.connAck?.properties.serverReference == nil)
        harness.engine.setRedirection(nil)
        #expect(harness.connect("a").connAck?.reasonCode == .success)
    }

    // MARK: Response information

    @Test func responseInformationIsForWhoAsks() {
        let harness = EngineHarness()
        let asking = harness.connect("a") { $0.properties.requestResponseInformation = true }
        #expect(asking.connAck?.properties.responseInformation == "clients/a")
        #expect(harness.connect("b").connAck?.properties.responseInformation == nil, "MQTT-3.1.2-28")
        let declining = harness.connect("c") { $0.properties.requestResponseInformation = false }
        #expect(declining.connAck?.properties.responseInformation == nil)
        let wild = harness.connect("a/#") { $0.properties.requestResponseInformation = true }
        #expect(wild.connAck?.properties.responseInformation == nil, "it would be no topic")
    }

    @Test func itsPrefixIsASetting() {
        let harness = EngineHarness { $0.responseTopicPrefix = "answers/to" }
        let peer = harness.connect("a") { $0.properties.requestResponseInformation = true }
        #expect(peer.connAck?.properties.responseInformation == "answers/to/a")
        let none = EngineHarness { $0.responseTopicPrefix = nil }
        let other = none.connect("a") { $0.properties.requestResponseInformation = true }
        #expect(other.connAck?.properties.responseInformation == nil)
    }

    // MARK: Problem information

    @Test func whoWantsNoProblemInformationGetsNone() {
        let harness = EngineHarness()
        let wanting = harness.connect("a")
        wanting.send(bytes: [0xF0, 0x02, 0x18, 0x00])
        #expect(reasonString(of: wanting) != nil)
        let declining = harness.connect("b") { $0.properties.requestProblemInformation = false }
        declining.send(bytes: [0xF0, 0x02, 0x18, 0x00])
        #expect(declining.disconnectReason == .protocolError)
        #expect(reasonString(of: declining) == nil, "MQTT-3.1.2-29")
    }

    private func reasonString(of peer: Peer) -> String? {
        for case .disconnect(let disconnect) in peer.inbox { return disconnect.properties.reasonString }
        return nil
    }
}
