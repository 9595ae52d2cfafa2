import Testing

@testable import Martlet

@Suite("Slots", .timeLimit(.minutes(10)))
struct SlotGateTests {
    @Test("No more slots are taken than there are; one given back goes to the one who waits")
    func waitsForASlot() async {
        let gate = SlotGate(slots: 2)
        #expect(await gate.acquire())
        #expect(await gate.acquire())
        #expect(gate.used == 2)
        async let third = gate.acquire()
        gate.release()
        #expect(await third)
        #expect(gate.used == 2)
        gate.release()
        gate.release()
        #expect(gate.used == 0)
    }

    @Test("A closed gate lets nobody through, and nobody wait")
    func closes() async {
        let gate = SlotGate(slots: 1)
        #expect(await gate.acquire())
        async let second = gate.acquire()
        gate.close()
        #expect(await second == false)
        #expect(await gate.acquire() == false)
    }
}
