import Journal

/// What writing, checking and reading records costs.
enum FormatMeasurement {
    static func run() {
        let rounds = 2000
        let setup = Setup(name: "format", messagesInCommit: 200)
        let payload = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        var writer = PageWriter(capacity: 80_000)
        var total = 0
        var began = Measurement.cpuSeconds()
        for _ in 0..<rounds {
            for message in 0..<200 {
                writer.beginRecord(kind: 1, version: 1)
                writer.append(varint: 1_000_000 + UInt64(message))
                writer.append(UInt32(message))
                writer.append(bytes: payload)
                writer.endRecord()
                writer.beginRecord(kind: 2, version: 1)
                writer.append(varint: 900_000 + UInt64(message))
                writer.append(UInt32(12))
                writer.endRecord()
            }
            total += writer.take().count
        }
        print(
            "write: \((Measurement.cpuSeconds() - began) / Double(rounds * 200) * 1e9) ns a message, \(total / rounds) bytes a page"
        )
        let page = JournalBenchmark.load(setup).page
        began = Measurement.cpuSeconds()
        var records = 0
        for _ in 0..<rounds {
            var reader = PageReader(page)
            while case .record = reader.next() { records += 1 }
        }
        print("read: \((Measurement.cpuSeconds() - began) / Double(records) * 2e9) ns a message")
        began = Measurement.cpuSeconds()
        var hash: UInt64 = 0
        for _ in 0..<rounds { hash = Checksum.hash(page.span.bytes, in: 0..<page.count, seed: hash) }
        let seconds = Measurement.cpuSeconds() - began
        print(
            "checksum of a page: \(Double(page.count * rounds) / seconds / 1e9) GB/s, \(seconds / Double(rounds * 200) * 1e9) ns a message (\(hash))"
        )
        began = Measurement.cpuSeconds()
        for _ in 0..<rounds { records += PageReader.countRecords(page) }
        print("count: \((Measurement.cpuSeconds() - began) / Double(rounds * 200) * 1e9) ns a message (\(records))")
    }
}
