import MQTTSessions
import Testing

@Suite("The receiver's side of QoS 2")
struct IncomingHandshakesTests {
    @Test func aWholeHandshake() {
        var handshakes = IncomingHandshakes()
        #expect(handshakes.arrive(7, at: 0) == .new(1))
        #expect(handshakes.finish(1) == 0)
        #expect(handshakes.confirm(7) == true)
        #expect(handshakes.arrive(7, at: 1) == .confirmed, "it came again, whatever its DUP flag says")
        #expect(handshakes.confirm(7) == true)
        let (isKnown, place) = handshakes.release(7)
        #expect(isKnown && place == nil)
        #expect(handshakes.release(7).isKnown == false)
        #expect(handshakes.arrive(7, at: 2) == .new(2), "the identifier is free")
        #expect(handshakes.count == 1)
    }

    @Test func whatTheApplicationHasIsNotHandedOverAgain() {
        var handshakes = IncomingHandshakes()
        #expect(handshakes.arrive(7, at: 5) == .new(1))
        handshakes.connectionEnded()
        #expect(handshakes.finish(1) == nil, "finished without a connection")
        #expect(handshakes.isFinished(7))
        #expect(handshakes.arrive(7, at: 0) == .inHand)
        #expect(handshakes.finish(1) == 0)
        #expect(handshakes.confirm(7) == true)
    }

    @Test func whatTheApplicationLetGoIsHandedOverAgain() {
        var handshakes = IncomingHandshakes()
        #expect(handshakes.arrive(7, at: 0) == .new(1))
        handshakes.letGo(1)
        handshakes.connectionEnded()
        #expect(handshakes.arrive(7, at: 0) == .new(2))
        #expect(handshakes.finish(1) == nil, "the delivery of before ends nothing")
        handshakes.letGo(1)
        #expect(handshakes.arrive(7, at: 1) == .inHand)
        #expect(handshakes.finish(2) == 1)
        handshakes.letGo(2)
        #expect(handshakes.arrive(7, at: 2) == .inHand, "it was finished")
    }

    @Test func aServerMayEndWhatWasNotConfirmed() {
        var handshakes = IncomingHandshakes()
        #expect(handshakes.arrive(7, at: 3) == .new(1))
        let (isKnown, place) = handshakes.release(7)
        #expect(isKnown && place == 3)
        #expect(handshakes.finish(1) == nil)
        #expect(handshakes.confirm(7) == false)
    }

    @Test func aLostSessionForgetsAll() {
        var handshakes = IncomingHandshakes()
        #expect(handshakes.arrive(7, at: 0) == .new(1))
        handshakes.removeAll()
        #expect(handshakes.arrive(7, at: 0) == .new(2))
        #expect(handshakes.finish(1) == nil)
    }
}
