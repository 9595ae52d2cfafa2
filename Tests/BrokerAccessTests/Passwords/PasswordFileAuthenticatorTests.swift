import BrokerAccess
import MQTTPackets
import Synchronization
import Testing

@testable import BrokerAuthentication

@Suite struct PasswordFileAuthenticatorTests {
    private static func file(_ folder: TemporaryFolder) throws -> String {
        let function = PasswordHash.Function.scrypt(logCost: 10, blockSize: 1, parallelism: 1)
        let alice = try PasswordEntry(
            name: "alice",
            hash: PasswordHash(password: Array("wonder".utf8), function: function),
            groups: ["staff"]
        )
        return try folder.write(alice.line + "\n", as: "users")
    }

    /// Runs with threads that are ended after it.
    private static func withHasher(
        waiting: Int = 100,
        _ body: (PasswordHasher) async throws -> Void
    ) async throws {
        let hasher = PasswordHasher(threads: 1, maximumWaiting: waiting)
        do {
            try await body(hasher)
            await hasher.shutDown()
        } catch {
            await hasher.shutDown()
            throw error
        }
    }

    @Test func theRightPasswordGivesNameAndGroups() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(folder)
        try await Self.withHasher { hasher in
            for remembered in [0, 10] {
                let provider = try PasswordFileAuthenticator(
                    path: path,
                    hasher: hasher,
                    rememberedPasswords: remembered,
                    rememberedFor: .seconds(60)
                )
                for _ in 0..<2 {
                    let decision = await provider.authenticate(.connect("alice", "wonder", client: "x"), of: .there)
                    let expected = Principal(userName: "alice", clientIdentifier: "x", groups: ["staff"])
                    #expect(decision.principal == expected)
                }
                let wrong = await provider.authenticate(.connect("alice", "land"), of: .there)
                #expect(wrong.reason == .badUserNameOrPassword && !wrong.text.contains("land"))
                #expect(await provider.authenticate(.connect("bob", "wonder"), of: .there).isUnknown)
                #expect(await provider.authenticate(.connect("Alice", "wonder"), of: .there).isUnknown)
                #expect(await provider.authenticate(.connect("alice", nil), of: .there).isUnknown)
                #expect(await provider.authenticate(.connect(nil, "wonder"), of: .there).isUnknown)
                #expect(await provider.authenticate(.connect("alice", ""), of: .there).reason != nil)
            }
        }
    }

    @Test func aRememberedPasswordEndsInTime() throws {
        let function = PasswordHash.Function.pbkdf2SHA256(iterations: 1_000)
        let entry = try PasswordEntry(name: "a", hash: PasswordHash(password: [1], function: function))
        let other = try PasswordEntry(name: "a", hash: PasswordHash(password: [1], function: function))
        let memory = RememberedPasswords(maximum: 2, lifetime: 100)
        let mark = memory.mark(of: entry, [1])
        #expect(!memory.contains(mark, at: 0))
        memory.insert(mark, at: 0)
        #expect(memory.contains(mark, at: 99))
        #expect(!memory.contains(memory.mark(of: entry, [2]), at: 0))
        // The same password hashed anew is another: a changed file is obeyed.
        #expect(!memory.contains(memory.mark(of: other, [1]), at: 0))
        // Another process has another key.
        #expect(RememberedPasswords(maximum: 2, lifetime: 100).mark(of: entry, [1]) != mark)
        #expect(!memory.contains(mark, at: 100))
        for password in UInt8(1)...9 { memory.insert(memory.mark(of: entry, [password]), at: 0) }
        let kept = (UInt8(1)...9).filter { memory.contains(memory.mark(of: entry, [$0]), at: 1) }
        #expect(kept.count == 2)
    }

    @Test func tooManyThatWaitAreRefusedNotQueued() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(folder)
        try await Self.withHasher(waiting: 1) { hasher in
            let provider = try PasswordFileAuthenticator(
                path: path,
                hasher: hasher,
                rememberedPasswords: 0,
                rememberedFor: .zero
            )
            // One hash is under way until it is let go, so that the next finds the queue full.
            let (started, start) = AsyncStream<Void>.makeStream()
            let gate = Mutex(true)
            async let first = hasher.run {
                start.finish()
                while gate.withLock({ $0 }) {}
                return 1
            }
            for await _ in started {}
            let decision = await provider.authenticate(.connect("alice", "wonder"), of: .there)
            gate.withLock { $0 = false }
            #expect(decision.reason == .serverBusy)
            #expect(try await first == 1)
            #expect(await provider.authenticate(.connect("alice", "wonder"), of: .there).principal != nil)
        }
    }

    @Test func aFileThatIsWrongIsNamed() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("alice:secret\n", as: "users")
        try await Self.withHasher { hasher in
            func read(_ path: String) throws(AuthenticationError) {
                _ = try PasswordFileAuthenticator(
                    path: path,
                    hasher: hasher,
                    rememberedPasswords: 0,
                    rememberedFor: .zero
                )
            }
            let wrong = #expect(throws: AuthenticationError.self) { try read(path) }
            #expect(wrong?.message.contains("users, line 1") == true && wrong?.message.contains("secret") == false)
            let missing = #expect(throws: AuthenticationError.self) { try read(folder.path + "/none") }
            #expect(missing?.code == .file && missing?.message.contains("/none") == true)
        }
    }
}
