import StateStore
import Testing

/// Random writes, reads, expiries and recoveries, compared with a dictionary.
///
/// A seed that fails is in the message: run it alone by
/// putting it in the place of the range.
@Suite("The store is a dictionary with versions")
struct ModelTests {
    static let seeds = UInt64(0)..<24
    static let steps = 1_500

    @Test("By seed", arguments: seeds)
    func run(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var harness = StoreHarness { $0.seed = seed &* 77 }
        var model = StoreModel()
        let keys = (0..<(seed % 3 == 0 ? 400 : 40)).map { number -> [UInt8] in
            Array("key/\(number % 4)/".utf8) + [UInt8](repeating: UInt8(number % 251), count: numbers.below(40))
                + [UInt8(number >> 8), UInt8(number & 255)]
        }
        for step in 0..<Self.steps {
            let context: Comment = "seed \(seed), step \(step)"
            switch numbers.below(20) {
            case 0: harness.now += Int64(numbers.below(400))
            case 1 where numbers.chance(30): harness.now -= Int64(numbers.below(100))
            case 2:
                let over = model.expire(now: harness.now)
                let removed = harness.store.expire(now: harness.now, limit: .max)
                #expect(Set(removed.map(\.key)) == over, context)
            case 3 where numbers.chance(10): recover(&harness, &model, context)
            case 4: compareMany(&harness, model, keys, &numbers, context)
            case 5 where numbers.chance(20): compareScans(&harness, model, &numbers, context)
            case 6, 7, 8: compareGet(&harness, model, keys[numbers.below(keys.count)], context)
            default: write(&harness, &model, keys[numbers.below(keys.count)], &numbers, context)
            }
        }
        #expect(harness.store.count == model.entries.count, "seed \(seed)")
        let bytes = model.entries.reduce(0) { $0 + $1.key.count + $1.value.value.count }
        #expect(harness.store.storedBytes == bytes, "seed \(seed)")
        for key in keys { compareGet(&harness, model, key, "seed \(seed), end") }
    }

    private func write(
        _ harness: inout StoreHarness,
        _ model: inout StoreModel,
        _ key: [UInt8],
        _ numbers: inout SeededNumbers,
        _ context: Comment
    ) {
        let command = Self.command(key, model.entries[key], &numbers)
        let token: StateVersion? =
            numbers.chance(15)
            ? StateVersion(milliseconds: harness.now - 50 + Int64(numbers.below(100)), counter: 0, node: "holder") : nil
        let before = harness.store.clock.last
        let answer = harness.execute(command, token: token)
        if let refusal = model.refusal(command, token: token, now: harness.now) {
            #expect(answer == refusal, context)
            #expect(harness.store.clock.last == before, context)
            return
        }
        guard let version = answer.version else {
            Issue.record("no version in \(answer.text), \(context)")
            return
        }
        #expect(version.instant > before && version.milliseconds >= harness.now, context)
        if case .set = command {
            #expect(answer.text == "+OK\r\n", context)
        } else {
            #expect(answer.text == ":1\r\n", context)
        }
        model.apply(command, token: token, version: version, now: harness.now)
    }

    private static func command(
        _ key: [UInt8],
        _ stored: StoreModel.Entry?,
        _ numbers: inout SeededNumbers
    ) -> StateCommand {
        let other = StateVersion(milliseconds: 5, counter: 5, node: "StateStore")
        let version = numbers.chance(70) ? stored?.version ?? other : other
        let same = stored?.value ?? []
        if numbers.chance(25) {
            switch numbers.below(4) {
            case 0: return .delete(key: key, condition: .version(version))
            case 1: return .delete(key: key, condition: .versionAbsent)
            case 2: return .deleteIfEqual(key: key, value: numbers.chance(60) ? same : [1])
            default: return .delete(key: key)
            }
        }
        let length = numbers.chance(3) ? 20_000 + numbers.below(10) : numbers.below(numbers.chance(20) ? 3_000 : 90)
        let value = numbers.chance(30) ? same : [UInt8](repeating: UInt8(numbers.below(256)), count: length)
        let conditions: [StateCommand.Condition] = [
            .always, .always, .absent, .absentOrEqual, .version(version), .versionAbsent,
        ]
        return .set(
            key: key,
            value: value,
            condition: conditions[numbers.below(conditions.count)],
            lifetime: numbers.chance(30) ? Int64(1 + numbers.below(1_000)) : nil
        )
    }

    private func compareGet(_ harness: inout StoreHarness, _ model: StoreModel, _ key: [UInt8], _ context: Comment) {
        let answer = harness.execute(.get(key: key))
        let entry = model.entry(key, now: harness.now)
        #expect(answer.version == entry?.version, context)
        let value = (try? RESPValue.parse(answer.payload.span)) ?? .error("no answer")
        #expect(value == entry.map { .bulk($0.value) } ?? .null, context)
        let handle = harness.store.find(key.span, now: harness.now)
        #expect(handle.flatMap { harness.store.expiresAt(of: $0) } == entry?.expiresAt, context)
        #expect(handle.flatMap { harness.store.fence(of: $0) } == entry?.fence, context)
    }

    private func compareMany(
        _ harness: inout StoreHarness,
        _ model: StoreModel,
        _ keys: [[UInt8]],
        _ numbers: inout SeededNumbers,
        _ context: Comment
    ) {
        let some = (0..<5).map { _ in keys[numbers.below(keys.count)] }
        let now = harness.now
        let expected = some.map { key -> StateLookup in
            model.entry(key, now: now).map { .value($0.value, $0.version) } ?? .absent
        }
        let payload = harness.execute(.getMany(keys: some)).payload
        #expect((try? RESPValue.parse(payload.span)).flatMap { StateLookup.all($0) } == expected, context)
        let known = some.enumerated().map { number, key in
            StateKnown(key: key, version: number % 2 == 0 ? model.entry(key, now: now)?.version : nil)
        }
        let news = zip(known, expected).map { known, lookup -> StateLookup in
            if case .value(_, let version) = lookup, version == known.version { .unchanged } else { lookup }
        }
        let answer = harness.execute(.getNew(known)).payload
        #expect((try? RESPValue.parse(answer.span)).flatMap { StateLookup.all($0) } == news, context)
    }

    private func compareScans(
        _ harness: inout StoreHarness,
        _ model: StoreModel,
        _ numbers: inout SeededNumbers,
        _ context: Comment
    ) {
        let now = harness.now
        let prefix = numbers.chance(50) ? "key/1" : ""
        let living = model.entries.keys.filter { $0.starts(with: prefix.utf8) }
            .compactMap { key in model.entry(key, now: now).map { (key: key, entry: $0) } }
        let pages = harness.scan(prefix, count: 1 + numbers.below(50), values: true)
        let found = pages.flatMap(\.entries)
        #expect(found.count == living.count, context)
        #expect(
            Dictionary(found.map { ($0.key, $0.value) }) { first, _ in first }
                == Dictionary(uniqueKeysWithValues: living.map { ($0.key, $0.entry.value) }),
            context
        )
        let versions = model.entries.values.map(\.version).sorted()
        let since = versions.isEmpty ? nil : versions[numbers.below(versions.count)]
        guard let since else { return }
        let newer = living.filter { $0.entry.version > since }
        let changed = harness.scan(prefix, count: 1 + numbers.below(50), since: since).flatMap(\.entries)
        let order = newer.sorted { $0.entry.version > $1.entry.version }
        #expect(changed.map(\.key) == order.map(\.key), context)
        #expect(changed.allSatisfy { $0.value == nil }, context)
    }

    /// Builds the store anew of what it holds, in another order, with dead facts before the living ones.
    private func recover(_ harness: inout StoreHarness, _ model: inout StoreModel, _ context: Comment) {
        let entries = harness.scan("", count: 1_000, values: true).flatMap(\.entries)
        var fresh = StateStore(configuration: harness.store.configuration)
        let old = StateVersion(milliseconds: 1, counter: 0, node: "StateStore")
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let handle = harness.store.find(entry.key.span, now: harness.now) else { continue }
            let place = StatePlace(page: 9, bytes: 9)
            fresh.restore(
                key: entry.key.span,
                value: [1, 2].span,
                version: old,
                expiresAt: 7,
                fence: old,
                place: place
            )
            let isNewest = fresh.restore(
                key: entry.key.span,
                value: harness.store.value(of: handle).span,
                version: harness.store.version(of: handle),
                expiresAt: harness.store.expiresAt(of: handle),
                fence: harness.store.fence(of: handle),
                place: StatePlace(page: 10, bytes: 1)
            )
            #expect(isNewest, context)
            let older = fresh.restoreRemoval(key: entry.key.span, version: old)
            #expect(older == nil, context)
        }
        fresh.finishRestoring()
        fresh.advance(past: harness.store.clock.last)
        // What is over was not scanned; it is gone in both.
        #expect(
            Set(harness.store.expire(now: harness.now, limit: .max).map(\.key)) == model.expire(now: harness.now),
            context
        )
        #expect(fresh.count == harness.store.count, context)
        fresh.advance(past: harness.store.clock.last)
        harness.store = fresh
    }
}
