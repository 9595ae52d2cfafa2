import Testing

@testable import Martlet

@Suite("The envelope of a value")
struct StateEnvelopeTests {
    @Test("What was written is read, in every combination")
    func roundTrip() throws {
        for flags in 0..<32 {
            var envelope = StateEnvelope(schema: 300, payload: [1, 2, 3])
            if flags & 1 != 0 { envelope.expiresAt = 1_767_225_600_123 }
            if flags & 2 != 0 { envelope.origin = Array("000:1:x".utf8) }
            if flags & 4 != 0 { envelope.marks = [.init(message: "a"), .init(message: "b", outbox: [9, 9])] }
            envelope.isRemoved = flags & 8 != 0
            if flags & 16 != 0 { envelope.pending = Array("w-0/1-ff".utf8) }
            #expect(try StateEnvelope(envelope.bytes, key: "k") == envelope)
        }
    }

    @Test("The bytes are those of the documentation")
    func form() {
        #expect(StateEnvelope(schema: 1, payload: [7]).bytes == [0x8F, 0x4D, 1, 0, 1, 7])
        let marked = StateEnvelope(schema: 2, payload: [], marks: [.init(message: "m")])
        #expect(marked.bytes == [0x8F, 0x4D, 1, 4, 2, 1, 1, 0x6D, 0])
    }

    @Test("What is none, or cut off, is an error that names the key")
    func damaged() {
        let whole = StateEnvelope(
            schema: 1,
            payload: [],
            expiresAt: 5,
            origin: [1],
            marks: [.init(message: "m", outbox: [1])],
            pending: [7]
        ).bytes
        for count in whole.indices {
            let error = #expect(throws: WorkerError.self) { try StateEnvelope(Array(whole[..<count]), key: "the key") }
            #expect(error?.code == .stateForeign && error?.message.contains("the key") == true)
        }
        #expect(throws: WorkerError.self) { try StateEnvelope(Array("{}".utf8), key: "k") }
    }

    @Test("A newer form is refused as such")
    func newer() {
        for bytes: [UInt8] in [[0x8F, 0x4D, 2, 0, 1], [0x8F, 0x4D, 1, 32, 1]] {
            let error = #expect(throws: WorkerError.self) { try StateEnvelope(bytes, key: "k") }
            #expect(error?.code == .stateSchemaNewer)
        }
    }
}
