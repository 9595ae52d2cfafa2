import Glibc
import StateStore

/// Measures the state store without a broker: nanoseconds an operation, and bytes a key.
///
/// Every operation is done twice over: by the store alone (find, check, apply), and from a request's bytes to an answer's bytes, as a broker
/// does it in one turn.
@main
struct StateStoreBenchmark: ~Copyable {
    static let valueLength = 64
    /// The bytes before the key in a SET.
    static let keyOffset = "*3\r\n$3\r\nSET\r\n$12\r\n".utf8.count

    var store: StateStore
    var keys: Int
    /// The requests of all keys, made before the clock runs, in an order that no cache likes.
    var order: [Int]
    let now: Int64 = 1_700_000_000_000
    let envelope: StateEnvelope

    init(keys: Int) {
        var configuration = StateStoreConfiguration()
        configuration.seed = 0x5EED_5EED
        store = StateStore(configuration: configuration)
        self.keys = keys
        var envelope = StateEnvelope()
        envelope.timestamp = StateInstant(milliseconds: 1_700_000_000_000)
        self.envelope = envelope
        // A permutation: steps that have no factor with the number of keys.
        var step = keys / 2 + 12_345
        while Self.greatestFactor(step, keys) != 1 { step += 1 }
        order = (0..<keys).map { $0 * step % keys }
    }

    static func main() {
        let keys = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
        var benchmark = StateStoreBenchmark(keys: keys)
        benchmark.run()
    }

    mutating func run() {
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: Self.valueLength)
        let sets = order.map { StateCommand.set(key: Self.key($0), value: value).payload }
        let gets = order.map { StateCommand.get(key: Self.key($0)).payload }
        print("\(keys) keys of \(Self.key(0).count) bytes with values of \(Self.valueLength) bytes\n")
        print("| operation | ns |")
        print("| --- | --- |")
        let before = Self.residentBytes()
        measure("SET of a new key, request to answer", sets)
        let resident = Self.residentBytes() - before
        let allocated = store.allocatedBytes
        measure("SET over it, request to answer", sets)
        measure("GET, request to answer", gets)
        measure("SET over it, the store alone") { benchmark, number in benchmark.set(sets[number]) }
        measure("GET, the store alone") { benchmark, number in benchmark.find(sets[number]) }
        let payload = store.storedBytes
        print(
            "\nBytes a key beside key and value: \((allocated - payload) / keys) counted, \((resident - payload) / keys) resident."
        )
        let deletes = order.map { StateCommand.delete(key: Self.key($0)).payload }
        print("\n| operation | ns |")
        print("| --- | --- |")
        measure("DEL, request to answer", deletes)
    }

    private mutating func measure(_ name: String, _ requests: [[UInt8]]) {
        var answer: [UInt8] = []
        measure(name) { benchmark, number in benchmark.execute(requests[number], &answer) }
    }

    private mutating func measure(_ name: String, _ body: (inout StateStoreBenchmark, Int) -> Void) {
        let start = Self.processorNanoseconds()
        for number in 0..<keys { body(&self, number) }
        print("| \(name) | \((Self.processorNanoseconds() - start) / keys) |")
    }

    /// The processor time of this process: a neighbour on the machine disturbs it least.
    private static func processorNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// From the payload of a request to the payload of the answer.
    private mutating func execute(_ payload: [UInt8], _ answer: inout [UInt8]) {
        answer.removeAll(keepingCapacity: true)
        let bytes = payload.span
        guard
            let request = try? StateRequest.parse(
                bytes,
                in: 0..<bytes.count,
                envelope: envelope,
                offersExtension: false
            )
        else { fatalError("a request is refused") }
        guard case .write(let write) = request else {
            _ = store.answer(request, in: bytes, now: now, to: &answer)
            return
        }
        var tally = StateTally()
        if let refusal = store.check(write, in: bytes, now: now, tally: &tally) {
            _ = StateAnswer.append(refusal, to: &answer)
            return
        }
        guard let version = try? store.nextVersion(now: now, seeing: envelope.timestamp) else { return }
        StateAnswer.append(store.apply(write, in: bytes, version: version, now: now), to: &answer)
    }

    /// Where key and value lie in a SET of this benchmark.
    private static func places(_ payload: [UInt8]) -> (key: Range<Int>, value: Range<Int>) {
        let key = keyOffset..<keyOffset + Self.key(0).count
        let value = payload.count - 2 - valueLength..<payload.count - 2
        return (key, value)
    }

    private mutating func set(_ payload: [UInt8]) {
        let places = Self.places(payload)
        let write = StateWrite(.set, key: places.key, value: places.value)
        var tally = StateTally()
        guard store.check(write, in: payload.span, now: now, tally: &tally) == nil,
            let version = try? store.nextVersion(now: now)
        else { fatalError("a write is refused") }
        _ = store.apply(write, in: payload.span, version: version, now: now)
    }

    private func find(_ payload: [UInt8]) {
        guard store.find(payload.span.extracting(Self.places(payload).key), now: now) != nil else {
            fatalError("a key is missing")
        }
    }

    private static func key(_ number: Int) -> [UInt8] {
        let digits = String(number)
        return Array("key:\(String(repeating: "0", count: 8 - digits.utf8.count))\(digits)".utf8)
    }

    private static func greatestFactor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : greatestFactor(second, first % second)
    }

    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 }, as: UTF8.self)
        return (Int(text.split(separator: " ")[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
