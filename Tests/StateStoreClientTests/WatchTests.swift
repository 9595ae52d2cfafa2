import MQTTClient
import MartletTesting
import StateStoreClient
import Testing

@Suite("Watching", .timeLimit(.minutes(10)))
struct WatchTests {
    @Test(arguments: [true, false])
    func tellsWhatIsThereAndWhatChanges(isPlain: Bool) async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "watcher/+1", isPlain: isPlain) { store in
                var changes = store.watch("k").makeAsyncIterator()
                #expect(try await changes.next() == StateStoreChange(value: nil, version: nil))
                let version = try await store.set("k", [1]).appliedVersion
                #expect(try await changes.next() == StateStoreChange(value: [1], version: version))
                try await store.delete("k")
                #expect(try await changes.next()?.value == .some(nil))
                try await store.set("k", [2])
                #expect(try await changes.next()?.value == [2])
                var others = store.watch("k").makeAsyncIterator()
                #expect(try await others.next()?.value == [2], "a later watch begins with what is there")
            }
        }
    }

    @Test func tellsOfExpiry() async throws {
        let clock = TestClock()
        try await TestBroker.withBroker(clock: clock) { broker in
            try await withStore(broker, "a", wall: testBrokerStart) { store in
                try await store.set("k", [1], expiresIn: .seconds(5))
                var changes = store.watch("k").makeAsyncIterator()
                #expect(try await changes.next()?.value == [1])
                try await broker.advance(by: .seconds(6))
                let change = try await changes.next()
                #expect(change != nil && change?.value == nil)
            }
        }
    }

    /// The watch of one client, while another writes and the broker dies again and again.
    @Test func missesNothingThatLastsWhileTheBrokerDies() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "watcher") { watcher in
                try await withStore(broker, "writer") { writer in
                    let seen = Task {
                        var values: [UInt8] = []
                        for try await change in watcher.watch("k") {
                            guard let value = change.value?.first else { continue }
                            values.append(value)
                            if value == 100 { break }
                        }
                        return values
                    }
                    for number in 1...100 {
                        while true {
                            do {
                                try await writer.set("k", [UInt8(number)])
                                break
                            } catch let error as StateStoreError {
                                #expect(error.code == .outcomeUnknown)
                            }
                        }
                        if number.isMultiple(of: 20) {
                            await broker.crash()
                            try await broker.restart()
                        }
                    }
                    let values = try await seen.value
                    #expect(values.last == 100)
                    #expect(values == values.sorted(), "no value comes back")
                }
            }
        }
    }

    @Test func manyWatchesOfOneKeyComeAndGo() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "a") { store in
                try await store.set("k", [0])
                for round in 1...20 {
                    var changes = store.watch("k").makeAsyncIterator()
                    #expect(try await changes.next()?.value == [UInt8(round - 1)])
                    try await store.set("k", [UInt8(round)])
                    #expect(try await changes.next()?.value == [UInt8(round)])
                }
            }
        }
    }

    @Test func aPrefixTellsWhichKeysChanged() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "watcher") { watcher in
                try await withStore(broker, "writer") { writer in
                    var notices = watcher.changes(prefix: "p/").makeAsyncIterator()
                    #expect(try await notices.next() == .gap, "what was before is not told")
                    try await writer.set("q", [1])
                    let version = try await writer.set("p/1", [1]).appliedVersion
                    #expect(try await notices.next() == .changed([.init(key: "p/1", version: version)]))
                    try await writer.delete("p/1")
                    #expect(try await notices.next() == .changed([.init(key: "p/1", version: nil)]))
                    await broker.crash()
                    try await broker.restart()
                    #expect(try await notices.next() == .gap)
                    let later = try await writer.set("p/2", [1]).appliedVersion
                    #expect(try await notices.next() == .changed([.init(key: "p/2", version: later)]))
                }
            }
        }
    }

    @Test func endsWithTheTaskAndWithTheClient() async throws {
        try await TestBroker.withBroker { broker in
            let watch = try await withStore(broker, "a") { store in
                let cancelled = Task { try await store.watch("k").reduce(0) { count, _ in count + 1 } }
                cancelled.cancel()
                _ = try? await cancelled.value
                return store.watch("k")
            }
            var changes = watch.makeAsyncIterator()
            let last = try? await changes.next()
            #expect(last == nil, "the client has ended")
        }
    }
}
