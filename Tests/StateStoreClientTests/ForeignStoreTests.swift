import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import StateStore
import StateStoreClient
import Testing

/// The client against a store that is not ours: what it says, and how, is up to the test.
@Suite("A store of somebody else", .timeLimit(.minutes(10)))
struct ForeignStoreTests {
    private static let version = "1696374425000:1:StateStore"

    /// Runs a test with a client and the server's end of its first connection.
    private func withForeign(
        probing unheard: Duration = .milliseconds(1),
        _ body: (StateStoreClient, inout ForeignStore, Peer) async throws -> Void
    ) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            var configuration = StateStoreClientConfiguration()
            // Long, so that it only ends what hangs.
            configuration.timeout = .seconds(600)
            configuration.probeTimeout = .seconds(600)
            configuration.unheardProbeTimeout = unheard
            let store = StateStoreClient(client: client, configuration: configuration, logger: .silent)
            let (connection, _) = try await peer.welcome()
            var foreign = ForeignStore(connection: connection)
            try await body(store, &foreign, peer)
        }
    }

    @Test(
        "An error text that nobody knows is an error that tells it",
        arguments: [
            ("-ERR the moon is in the wrong house\r\n", "the moon is in the wrong house"),
            ("-WRONGTYPE of a key\r\n", "WRONGTYPE of a key"),
            ("-ERR \r\n", ""),
            ("-\r\n", ""),
        ]
    )
    func unknownErrors(answer: String, text: String) async throws {
        try await withForeign { store, foreign, _ in
            let asked = Task { try await store.get("k") }
            let request = try await foreign.takeRequest()
            try await foreign.answer(request, answer)
            let error = await #expect(throws: StateStoreError.self) { try await asked.value }
            #expect(error?.code == .refused && error?.message == text, "\(String(describing: error))")
        }
    }

    @Test("What fails in the store's framework, and not in the store, is told by its status and its text")
    func statuses() async throws {
        try await withForeign { store, foreign, _ in
            let asked = Task { try await store.get("k") }
            let request = try await foreign.takeRequest()
            try await foreign.answer(request, "", [("__stat", "503"), ("__stMsg", "the clocks differ")])
            let error = await #expect(throws: StateStoreError.self) { try await asked.value }
            #expect(error?.code == .refused && error?.message.contains("the clocks differ") == true)
        }
    }

    @Test(
        "A write without a version, or with one that is none, is not believed",
        arguments: [nil, "", "yesterday", "1:2", "1:2:3:4", "-5:0:node", "1:0:", "99999999999999999999:0:n"]
    )
    func versionless(version: String?) async throws {
        try await withForeign { store, foreign, _ in
            let written = Task { try await store.set("k", [1]) }
            let request = try await foreign.takeRequest()
            try await foreign.answer(request, "+OK\r\n", version: version)
            let error = await #expect(throws: StateStoreError.self) { try await written.value }
            #expect(error?.code == .malformedAnswer)
            let read = Task { try await store.get("k") }
            try await foreign.answer(try await foreign.takeRequest(), "$1\r\nv\r\n", version: version)
            let second = await #expect(throws: StateStoreError.self) { try await read.value }
            #expect(second?.code == .malformedAnswer)
            // What needs no version does without.
            let kept = Task { try await store.set("k", [1], if: .absent) }
            try await foreign.answer(try await foreign.takeRequest(), ":-1\r\n", version: version)
            #expect(try await kept.value == .notApplied(nil))
            let gone = Task { try await store.delete("k") }
            try await foreign.answer(try await foreign.takeRequest(), ":1\r\n", version: version)
            #expect(try await gone.value == .deleted(nil))
        }
    }

    @Test(
        "A version is read in every form that the protocol's stores and clients write",
        arguments: [
            ("1696374425000:1:StateStore", 1_696_374_425_000, 1),
            ("001696374425000:00001:StateStore", 1_696_374_425_000, 1),
            ("1696374425000.25:1:StateStore", 1_696_374_425_000, 1),
            ("0:18446744073709551615:StateStore", 0, UInt64.max),
        ] as [(String, Int64, UInt64)]
    )
    func oddVersions(text: String, milliseconds: Int64, counter: UInt64) async throws {
        try await withForeign { store, foreign, _ in
            let read = Task { try await store.get("k") }
            try await foreign.answer(try await foreign.takeRequest(), "$0\r\n\r\n", version: text)
            let version = StateStoreVersion(milliseconds: milliseconds, counter: counter, node: "StateStore")
            #expect(try await read.value == StateStoreEntry(value: [], version: version))
        }
    }

    @Test(
        "An answer that is none of the protocol is said to be that",
        arguments: ["", "+OK", "$5\r\nv\r\n", "*1\r\n:1\r\n", "OK\r\n", "$1\r\nv\r\n$1\r\nv\r\n", "+FINE\r\n"]
    )
    func malformed(answer: String) async throws {
        try await withForeign { store, foreign, _ in
            let written = Task { try await store.set("k", [1]) }
            try await foreign.answer(try await foreign.takeRequest(), answer, version: Self.version)
            let error = await #expect(throws: StateStoreError.self) { try await written.value }
            #expect(error?.code == .malformedAnswer)
        }
    }

    @Test("Answers that come twice, for nobody or too late are dropped, and the next is right")
    func strayAnswers() async throws {
        try await withForeign { store, foreign, _ in
            let first = Task { try await store.get("a") }
            let one = try await foreign.takeRequest()
            try await foreign.answer(one, "$1\r\na\r\n", version: Self.version)
            #expect(try await first.value?.value == [UInt8]("a"))
            try await foreign.answer(one, "$1\r\nx\r\n", version: Self.version)
            var nobody = one
            nobody.properties.correlationData = ByteBuffer(bytes: [1, 2, 3])
            try await foreign.answer(nobody, "$1\r\ny\r\n", version: Self.version)
            nobody.properties.correlationData = nil
            try await foreign.answer(nobody, "$1\r\nz\r\n", version: Self.version)
            let given = Task { try await store.get("b") }
            let late = try await foreign.takeRequest()
            given.cancel()
            let error = await #expect(throws: StateStoreError.self) { try await given.value }
            #expect(error?.code == .cancelled)
            try await foreign.answer(late, "$1\r\nb\r\n", version: Self.version)
            let last = Task { try await store.get("c") }
            try await foreign.answer(try await foreign.takeRequest(), "$1\r\nc\r\n", version: Self.version)
            #expect(try await last.value?.value == [UInt8]("c"))
        }
    }

    @Test("A request that is sent again after a new connection may have been done: what that leaves open is said")
    func resent() async throws {
        try await withForeign { store, foreign, peer in
            let plain = Task { try await store.set("a", [1]) }
            let careful = Task { try await store.set("b", [1], if: .absent) }
            let lease = Task { try await store.set("c", [1], if: .absentOrEqual) }
            // Taken, and not acknowledged.
            for _ in 0..<3 { _ = try await foreign.takeRequest(acknowledging: false) }
            await foreign.connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            foreign.connection = next
            for _ in 0..<3 {
                let request = try await foreign.takeRequest()
                #expect(request.dup)
                let isPlain =
                    request.payload.readableBytesView.last == 0x0A && !request.text.contains("NX")
                    && !request.text.contains("NEX")
                try await foreign.answer(request, isPlain ? "+OK\r\n" : ":-1\r\n", version: Self.version)
            }
            #expect(try await plain.value.appliedVersion != nil)
            #expect(try await lease.value.appliedVersion == nil, "somebody else holds it: that is so either way")
            let error = await #expect(throws: StateStoreError.self) { try await careful.value }
            #expect(error?.code == .outcomeUnknown)
        }
    }

    @Test("A store that says 0 to a watch that it has already is believed; one that refuses is not asked again")
    func watches() async throws {
        try await withForeign { store, foreign, _ in
            let first = Task {
                var changes = store.watch("k").makeAsyncIterator()
                return try await changes.next()
            }
            let registration = try await foreign.takeRequest()
            #expect(registration.text.contains("KEYNOTIFY"))
            try await foreign.answer(registration, ":0\r\n")
            try await foreign.answer(try await foreign.takeRequest(), "$1\r\nv\r\n", version: Self.version)
            #expect(try await first.value?.value == [UInt8]("v"))
            // The iterator is gone, so the watch is ended.
            let stop = try await foreign.takeRequest()
            #expect(stop.text.contains("STOP"))
            try await foreign.answer(stop, ":0\r\n")
            let second = Task {
                var changes = store.watch("k").makeAsyncIterator()
                return try await changes.next()
            }
            try await foreign.answer(try await foreign.takeRequest(), "-ERR not authorized\r\n")
            let error = await #expect(throws: StateStoreError.self) { try await second.value }
            #expect(error?.code == .notAuthorized)
        }
    }

    // MARK: Whether there is one

    @Test("A broker that says that nobody subscribes to the requests has no store, and that is known at once")
    func absent() async throws {
        try await withForeign { store, foreign, _ in
            let found = Task { try await store.capabilities() }
            _ = try await foreign.takeRequest(reason: .noMatchingSubscribers)
            #expect(try await found.value == StateStoreCapabilities(hasStore: false, hasExtension: false))
        }
    }

    @Test("A broker that says so and is the store itself has one")
    func builtIn() async throws {
        try await withForeign(probing: .seconds(600)) { store, foreign, _ in
            let found = Task { try await store.capabilities() }
            let request = try await foreign.takeRequest(reason: .noMatchingSubscribers)
            try await foreign.answer(request, "$-1\r\n")
            #expect(try await found.value == StateStoreCapabilities(hasStore: true, hasExtension: false))
        }
    }

    @Test("Who refuses to answer is there")
    func refusing() async throws {
        try await withForeign { store, foreign, _ in
            let found = Task { try await store.capabilities() }
            try await foreign.answer(try await foreign.takeRequest(), "-ERR not authorized\r\n")
            #expect(try await found.value.hasStore)
        }
    }
}
