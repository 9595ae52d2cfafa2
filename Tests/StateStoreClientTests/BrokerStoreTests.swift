import MQTTClient
import MartletTesting
import StateStore
import StateStoreClient
import Testing

@Suite("The state store of Martlet's broker", .timeLimit(.minutes(10)))
struct BrokerStoreTests {
    private struct Order: Codable, Equatable {
        var number: Int
        var items: [String]
    }

    @Test func tellsWhatIsThere() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                let found = try await store.capabilities()
                #expect(found == StateStoreCapabilities(hasStore: true, hasExtension: true))
            }
            try await withStore(broker, "b", isPlain: true) { store in
                let found = try await store.capabilities()
                #expect(found == StateStoreCapabilities(hasStore: true, hasExtension: false))
                await #expect { try await store.getMany(["k"]) } throws: {
                    ($0 as? StateStoreError)?.code == .notSupported
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func readsWhatItWrote(isPlain: Bool) async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a", isPlain: isPlain) { store in
                #expect(try await store.get("k") == nil)
                let first = try #require(try await store.set("k", [0, 13, 10, 255]).appliedVersion)
                #expect(try await store.get("k") == StateStoreEntry(value: [0, 13, 10, 255], version: first))
                let empty = try #require(try await store.set("k", []).appliedVersion)
                #expect(empty > first)
                #expect(try await store.get("k") == StateStoreEntry(value: [], version: empty))
                #expect(try await store.set("k", [1], if: .absent) == .notApplied(empty))
                #expect(try await store.set("k", [1], if: .absentOrEqual) == .notApplied(empty))
                #expect(try await store.set("k", [], if: .absentOrEqual).appliedVersion != nil)
                guard case .notDeleted = try await store.delete("k", ifValue: [9]) else {
                    Issue.record("deleted what holds another value")
                    return
                }
                guard case .deleted = try await store.delete("k", ifValue: []) else {
                    Issue.record("not deleted")
                    return
                }
                #expect(try await store.delete("k") == .absent)
                #expect(try await store.get("k") == nil)
                await #expect { try await store.get("") } throws: { ($0 as? StateStoreError)?.code == .invalidArgument }
            }
        }
    }

    @Test func fencesByTokens() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                let old = try #require(try await store.set("lease", [1]).appliedVersion)
                let new = try #require(try await store.set("lease", [2]).appliedVersion)
                #expect(try await store.set("k", [1], fencingToken: new).appliedVersion != nil)
                await #expect { try await store.set("k", [2], fencingToken: old) } throws: {
                    ($0 as? StateStoreError)?.code == .fenced
                }
                await #expect { try await store.delete("k") } throws: {
                    ($0 as? StateStoreError)?.code == .fencingTokenRequired
                }
                let future = StateStoreVersion(milliseconds: new.milliseconds + 120_000, counter: 0, node: "x")
                await #expect { try await store.set("k", [2], fencingToken: future) } throws: {
                    ($0 as? StateStoreError)?.code == .clockSkew
                }
                #expect(try await store.get("k")?.value == [1])
            }
        }
    }

    @Test func comparesVersionsAndReadsMany() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                let first = try #require(try await store.set("p/1", [1]).appliedVersion)
                let second = try #require(try await store.set("p/1", [2], if: .version(first)).appliedVersion)
                #expect(try await store.set("p/1", [3], if: .version(first)) == .notApplied(second))
                let other = try #require(try await store.set("p/2", [4]).appliedVersion)
                #expect(try await store.getMany(["p/1", "p/0", "p/2"]).map { $0?.value } == [[2], nil, [4]])
                let known: [(key: StateStoreKey, version: StateStoreVersion?)] = [
                    ("p/1", second), ("p/2", nil), ("p/0", first),
                ]
                let entry = StateStoreEntry(value: [4], version: other)
                #expect(try await store.getNew(known) == [.unchanged, .entry(entry), .absent])
                guard case .notDeleted = try await store.delete("p/1", ifVersion: first) else {
                    Issue.record("deleted another version")
                    return
                }
                guard case .deleted = try await store.delete("p/1", ifVersion: second) else {
                    Issue.record("not deleted")
                    return
                }
            }
        }
    }

    @Test func scansByPagesAndSinceAVersion() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                var half: StateStoreVersion?
                for number in 0..<100 {
                    let version = try await store.set(StateStoreKey("s/\(number)"), [UInt8(number)]).appliedVersion
                    if number == 49 { half = version }
                }
                try await store.set("t", [1])
                for since in [nil, half] {
                    var found: [StateStoreKey: [UInt8]] = [:]
                    var cursor: [UInt8]?
                    repeat {
                        let page = try await store.scan(
                            prefix: "s/",
                            after: cursor,
                            count: 7,
                            withValues: true,
                            since: since
                        )
                        for item in page.items { found[item.key] = item.value }
                        cursor = page.cursor
                    } while cursor != nil
                    #expect(found.count == (since == nil ? 100 : 50))
                    #expect(found["s/99"] == [99])
                }
            }
        }
    }

    @Test func typedValuesAreEditedByMany() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { one in
                try await withStore(broker, "b") { two in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for store in [one, two, one, two] {
                            group.addTask {
                                for _ in 0..<10 {
                                    try await store.edit("order", as: Order.self) { order in
                                        Order(number: (order?.number ?? 0) + 1, items: ["screw"])
                                    }
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(try await one.get("order", as: Order.self)?.value == Order(number: 40, items: ["screw"]))
                    try await one.set("order", [1])
                    await #expect { try await one.get("order", as: Order.self) } throws: {
                        ($0 as? StateStoreError)?.code == .encoding
                    }
                }
            }
        }
    }

    @Test func whatExpiresIsGone() async throws {
        let clock = TestClock()
        try await TestBroker.withBroker(clock: clock) { broker in
            try await withStore(broker, "a", wall: testBrokerStart) { store in
                try await store.set("k", [1], expiresIn: .seconds(5))
                try await broker.advance(by: .seconds(4))
                #expect(try await store.get("k") != nil)
                try await broker.advance(by: .seconds(2))
                #expect(try await store.get("k") == nil)
            }
        }
    }

    @Test func commitsAllOrNothing() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                let outcomes = try await store.commit([
                    CommitRequest(operations: [.set(key: [1], value: [1]), .set(key: [2], value: [2])]),
                    CommitRequest(operations: [.set(key: [3], value: [3]), .check(key: [1], version: nil)]),
                ])
                guard case .committed(let version) = outcomes[0], case .refused(let refusal) = outcomes[1] else {
                    Issue.record("\(outcomes)")
                    return
                }
                #expect(refusal.code == .conflict)
                #expect(refusal.index == 1)
                let one = try await store.get(StateStoreKey([1]))
                #expect(one?.version == StateStoreVersion(version))
                #expect(try await store.get(StateStoreKey([3])) == nil)
            }
        }
    }

    @Test func whatWasAnsweredSurvivesTheBroker() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                for round in 0..<10 {
                    let key = StateStoreKey("k\(round)")
                    async let written = store.set(key, [UInt8(round)])
                    if round.isMultiple(of: 2) {
                        await broker.crash(at: .beforePageIsDurable)
                    } else {
                        await broker.crash()
                    }
                    try await broker.restart()
                    do {
                        let version = try await written.appliedVersion
                        #expect(try await store.get(key)?.version == version)
                    } catch let error as StateStoreError {
                        #expect(error.code == .outcomeUnknown)
                    }
                }
            }
        }
    }
}
