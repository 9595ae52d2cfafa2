import Foundation
import Testing

@testable import BrokerAuthentication

@Suite struct PasswordFileTests {
    private static func entry(_ name: String, groups: [String] = []) throws -> PasswordEntry {
        let function = PasswordHash.Function.scrypt(logCost: 10, blockSize: 1, parallelism: 1)
        return try PasswordEntry(
            name: name,
            hash: PasswordHash(password: Array(name.utf8), function: function),
            groups: groups
        )
    }

    @Test func onlyTheLineOfTheUserChanges() throws {
        let old = try Self.entry("alice")
        let text = "# people\n\n\(old.line)\nbroken line\n  \nbob:$nonsense\r\n\u{FF}:x"
        var file = PasswordFile(Array(text.utf8))
        let new = try Self.entry("alice", groups: ["staff"])
        let isNew = file.set(new)
        #expect(!isNew)
        #expect(file.bytes == Array(text.replacingOccurrences(of: old.line, with: new.line).utf8))
        let isAdded = file.set(try Self.entry("carol"))
        #expect(isAdded)
        let added = String(decoding: file.bytes, as: UTF8.self)
        #expect(added.hasPrefix(text.replacingOccurrences(of: old.line, with: new.line) + "\ncarol:$scrypt$"))
        #expect(added.hasSuffix("\n"))
        let removed = [file.remove("carol"), file.remove("carol"), file.remove("bob")]
        #expect(removed == [true, false, true])
        let rest = text.replacingOccurrences(of: old.line, with: new.line)
            .replacingOccurrences(of: "bob:$nonsense\r\n", with: "")
        #expect(String(decoding: file.bytes, as: UTF8.self) == rest + "\n")
        #expect(file.names == ["alice", "broken line", "\u{FF}"])
    }

    @Test func anEmptyFileStaysEmptyAndANewOneEndsWithANewline() throws {
        #expect(PasswordFile().bytes.isEmpty)
        var file = PasswordFile()
        _ = file.set(try Self.entry("alice"))
        #expect(file.bytes.last == UInt8(ascii: "\n"))
        #expect(try PasswordFile(file.bytes).entries(path: "f").map(\.name) == ["alice"])
        let wasThere = file.remove("alice")
        #expect(wasThere)
        #expect(file.bytes.isEmpty)
    }

    @Test func usersHaveGroups() throws {
        let entry = try Self.entry("alice", groups: ["a", "b c"])
        let file = PasswordFile(Array("\(entry.line)\nbob:\(entry.hash)\r\n".utf8))
        let read = try file.entries(path: "f")
        #expect(read == [entry, try PasswordEntry(name: "bob", hash: entry.hash)])
    }

    @Test(arguments: [
        ("alice\n", "line 1"), ("# x\nalice:pw\n", "line 2"), ("a:HASH:g:h", "NAME:HASH"), (":HASH", "empty"),
        ("a:HASH\n\nb:HASH\na:HASH", "line 4: the user 'a' is on line 1"), ("a:HASH:x,,y", "group is not empty"),
        ("a\u{1}b:HASH", "control"),
    ])
    func mistakesAreNamedByTheirLine(text: String, words: String) throws {
        let hash = try Self.entry("x").hash.description
        let file = PasswordFile(Array(text.replacingOccurrences(of: "HASH", with: hash).utf8))
        let error = #expect(throws: AuthenticationError.self) { try file.entries(path: "users") }
        #expect(error?.message.hasPrefix("users, line ") == true)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(hash) == false)
    }

    @Test func namesThatWouldBreakTheFileAreRefused() throws {
        for name in ["", "a:b", "a\nb", "#a", "a\rb"] {
            #expect(throws: AuthenticationError.self, "\(name)") { try PasswordEntry.check(name, isGroup: false) }
        }
        for group in ["", "a:b", "a,b", "a\n"] {
            #expect(throws: AuthenticationError.self, "\(group)") { try PasswordEntry.check(group, isGroup: true) }
        }
        #expect(throws: Never.self) { try PasswordEntry.check("Zoë O'Neil", isGroup: false) }
    }

    // MARK: On the disk

    @Test func changesAreWholeAndPrivate() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/users"
        let alice = try Self.entry("alice")
        #expect(try PasswordFile.change(path) { file throws(AuthenticationError) in file.set(alice) })
        #expect(try folder.mode("users") == 0o600)
        #expect(try folder.read("users") == alice.line + "\n")
        #expect(folder.names == ["users"])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        _ = try PasswordFile.change(path) { file throws(AuthenticationError) in file.remove("nobody") }
        #expect(try folder.mode("users") == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        _ = try PasswordFile.change(path) { file throws(AuthenticationError) in file.remove("nobody") }
        #expect(try folder.mode("users") == 0o640)
    }

    @Test func aChangeThatThrowsChangesNothing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("keep me", as: "users")
        #expect(throws: AuthenticationError.self) {
            try PasswordFile.change(path) { file throws(AuthenticationError) in
                _ = file.remove("keep me")
                throw AuthenticationError(.content, "no")
            }
        }
        #expect(try folder.read("users") == "keep me")
        #expect(folder.names == ["users"])
    }

    @Test func aSymbolicLinkStaysOne() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("", as: "real")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link",
            withDestinationPath: folder.path + "/real"
        )
        let alice = try Self.entry("alice")
        _ = try PasswordFile.change(folder.path + "/link") { file throws(AuthenticationError) in file.set(alice) }
        #expect(try folder.read("real") == alice.line + "\n")
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link")
        #expect(link == folder.path + "/real")
    }

    @Test func writersAtTheSameTimeLoseNothing() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/users"
        let names = (0..<24).map { "user\($0)" }
        let entries = try names.map { try Self.entry($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for entry in entries {
                group.addTask {
                    _ = try PasswordFile.change(path) { file throws(AuthenticationError) in file.set(entry) }
                }
            }
            try await group.waitForAll()
        }
        let read = try PasswordFile.read(path).entries(path: path)
        #expect(Set(read.map(\.name)) == Set(names) && read.count == names.count)
    }

    @Test func whatCannotBeWrittenIsSaid() {
        let error = #expect(throws: AuthenticationError.self) {
            try PasswordFile.change("/nonexistent/users") { file throws(AuthenticationError) in file.remove("a") }
        }
        #expect(error?.message.contains("/nonexistent/users") == true)
    }
}
