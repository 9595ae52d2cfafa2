import Journal
import Testing

@Suite("Records written by PageWriter and read by PageReader")
struct PageFormatTests {
    @Test("Every kind of value comes back")
    func roundTrip() throws {
        var writer = PageWriter(capacity: 1)
        writer.beginRecord(kind: 7, version: 2)
        writer.append(UInt8(0xAB))
        writer.append(UInt16(0xBEEF))
        writer.append(UInt32(0xDEAD_BEEF))
        writer.append(UInt64(0x0123_4567_89AB_CDEF))
        for value in Self.varints { writer.append(varint: value) }
        writer.append(string: "grüß 🐦")
        writer.append(bytes: [1, 2, 3])
        writer.endRecord()
        #expect(writer.count == 1)

        var reader = PageReader(writer.take())
        #expect(writer.isEmpty && writer.byteCount == 0)
        guard case .record(let record) = reader.next() else {
            Issue.record("no record")
            return
        }
        #expect(record.kind == 7 && record.version == 2 && record.offset == 0)
        var body = reader.body(of: record)
        #expect(try body.readUInt8() == 0xAB)
        #expect(try body.readUInt16() == 0xBEEF)
        #expect(try body.readUInt32() == 0xDEAD_BEEF)
        #expect(try body.readUInt64() == 0x0123_4567_89AB_CDEF)
        for value in Self.varints { #expect(try body.readVarint() == value) }
        #expect(try body.readString() == "grüß 🐦")
        #expect(try body.readBytes(3) == [1, 2, 3])
        #expect(body.remaining == 0)
        #expect(throws: JournalError.self) { try body.readUInt8() }
        #expect(reader.next() == .end)
    }

    @Test("The bytes of a page are these, on every machine")
    func layout() {
        var writer = PageWriter()
        writer.beginRecord(kind: 1, version: 3)
        writer.append(bytes: Array("abc".utf8))
        writer.endRecord()
        writer.beginRecord(kind: 2, version: 1)
        writer.append(bytes: (0..<100).map { UInt8($0) })
        writer.endRecord()
        let bytes = writer.take()
        #expect(Array(bytes[0..<4]) == [3, 0, 0, 0])
        #expect(Array(bytes[8..<13]) == [1, 3, 97, 98, 99])
        #expect(Array(bytes[4..<8]) == Self.checksumOfFirst)
        #expect(Array(bytes[17..<21]) == Self.checksumOfSecond)
    }

    @Test(
        "Records of every length around the checksum's strides come back",
        arguments: [0, 1, 7, 8, 9, 63, 64, 65, 95, 96, 127, 5000]
    )
    func lengths(length: Int) {
        var writer = PageWriter()
        for start in 0..<3 {
            writer.beginRecord(kind: UInt8(start), version: 1)
            for index in 0..<length { writer.append(UInt8(truncatingIfNeeded: start &* 31 &+ index)) }
            writer.endRecord()
        }
        let bytes = writer.take()
        var reader = PageReader(bytes)
        for start in 0..<3 {
            guard case .record(let record) = reader.next() else {
                Issue.record("record \(start) is not valid")
                return
            }
            #expect(record.body.count == length && record.kind == UInt8(start))
        }
        #expect(reader.next() == .end)
        #expect(PageReader.countRecords(bytes) == 3)
    }

    @Test("Every flipped bit is found, and costs one record, or the rest where the length was hit")
    func everyBit() {
        let page = Self.page(records: 5, bodyLength: 70)
        let recordLength = 80
        for bit in 0..<page.count * 8 {
            var bytes = page
            bytes[bit / 8] ^= 1 << (bit % 8)
            let (intact, damaged) = Self.walk(bytes)
            let hit = bit / 8 / recordLength
            #expect(damaged.first?.offset == hit * recordLength, "bit \(bit)")
            #expect(damaged.reduce(0) { $0 + $1.byteCount } + intact.count * recordLength == page.count, "bit \(bit)")
            #expect(!intact.contains { $0.offset == hit * recordLength }, "bit \(bit)")
            if bit / 8 % recordLength >= 4 {
                #expect(intact.count == 4 && damaged.count == 1, "bit \(bit)")
                #expect(damaged.first?.byteCount == recordLength && damaged.first?.reason == .checksum, "bit \(bit)")
            } else {
                #expect(intact.count >= hit, "bit \(bit)")
            }
        }
    }

    @Test("A page cut anywhere gives its whole records and names the rest")
    func everyCut() {
        let page = Self.page(records: 4, bodyLength: 33)
        for length in 0..<page.count {
            let (intact, damaged) = Self.walk(Array(page[..<length]))
            #expect(intact.count == length / 43)
            #expect(damaged.count == (length % 43 == 0 ? 0 : 1))
            if let stretch = damaged.first {
                #expect(stretch.offset == length / 43 * 43 && stretch.byteCount == length % 43)
                #expect(stretch.reason == (length % 43 < 10 ? .headerCut : .tooLong))
            }
        }
    }

    @Test("A record inside a payload is not taken for a record")
    func forgedRecord() {
        let inner = Self.page(records: 1, bodyLength: 20)
        var writer = PageWriter()
        writer.beginRecord(kind: 1, version: 1)
        writer.append(bytes: inner)
        writer.endRecord()
        var bytes = writer.take()
        // The outer length is hit so that it leads exactly to the start of the forged record… which is valid only at offset 0.
        bytes[0] = 0
        let (intact, damaged) = Self.walk(bytes)
        #expect(intact.isEmpty)
        #expect(damaged == [DamagedRecord(offset: 0, byteCount: bytes.count, reason: .checksumAndLength)])
    }

    @Test("Swapped records are found: a checksum holds only at its place")
    func swapped() {
        let page = Self.page(records: 2, bodyLength: 30)
        let (intact, damaged) = Self.walk(Array(page[40...] + page[..<40]))
        #expect(intact.isEmpty && !damaged.isEmpty)
    }

    @Test("Salvaging keeps exactly the intact records")
    func salvage() {
        var bytes = Self.page(records: 5, bodyLength: 30)
        bytes[85] ^= 1
        let page = JournalPage(number: 9, bytes: bytes).salvaged()
        let (intact, damaged) = Self.walk(page.bytes)
        #expect(page.number == 9 && damaged.isEmpty)
        #expect(intact.map(\.kind) == [0, 1, 3, 4])
    }

    @Test("Records of another page are appended with checksums of their own place")
    func copied() {
        var writer = PageWriter()
        writer.beginRecord(kind: 99, version: 7)
        writer.endRecord()
        writer.append(recordsOf: Self.page(records: 5, bodyLength: 30)) { $0.kind % 2 == 0 }
        #expect(writer.count == 4)
        let (intact, damaged) = Self.walk(writer.take())
        #expect(intact.map(\.kind) == [99, 0, 2, 4] && damaged.isEmpty)
    }

    @Test("An abandoned record leaves nothing behind")
    func abandon() {
        var writer = PageWriter()
        writer.beginRecord(kind: 1, version: 1)
        writer.append(UInt64(1))
        writer.abandonRecord()
        #expect(writer.isEmpty && writer.take().isEmpty)
    }

    @Test("Varints beyond 64 bits and strings that are no UTF-8 are refused")
    func malformedBodies() {
        let tooBig = [UInt8](repeating: 0xFF, count: 9) + [0x02]
        var body = RecordBody(tooBig, in: 0..<10)
        #expect(throws: JournalError.self) { try body.readVarint() }
        var endless = RecordBody([UInt8](repeating: 0x80, count: 20), in: 0..<20)
        #expect(throws: JournalError.self) { try endless.readVarint() }
        var string = RecordBody([2, 0xC3, 0x28], in: 0..<3)
        #expect(throws: JournalError.self) { try string.readString() }
        var long = RecordBody([200, 1, 65], in: 0..<3)
        #expect(throws: JournalError.self) { try long.readString() }
    }

    static let varints: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, 1 << 32, .max - 1, .max]
    static let checksumOfFirst: [UInt8] = [180, 198, 31, 133]
    static let checksumOfSecond: [UInt8] = [91, 148, 94, 121]

    static func page(records: Int, bodyLength: Int) -> [UInt8] {
        var writer = PageWriter()
        for record in 0..<records {
            writer.beginRecord(kind: UInt8(record), version: 1)
            for index in 0..<bodyLength { writer.append(UInt8(truncatingIfNeeded: record &* 7 &+ index &* 13)) }
            writer.endRecord()
        }
        return writer.take()
    }

    static func walk(_ bytes: [UInt8]) -> (intact: [RecordView], damaged: [DamagedRecord]) {
        var reader = PageReader(bytes)
        var intact: [RecordView] = []
        var damaged: [DamagedRecord] = []
        while true {
            switch reader.next() {
            case .record(let record): intact.append(record)
            case .damaged(let stretch): damaged.append(stretch)
            case .end: return (intact, damaged)
            }
        }
    }
}
