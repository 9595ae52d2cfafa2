import Foundation
import Testing

@testable import MartletCommand

/// `martlet passwd` as people run it.
@Suite(.timeLimit(.minutes(10)))
struct PasswordCommandTests {
    private static func passwd(_ arguments: [String], input: String = "") throws -> CommandRun {
        try CommandRun(["passwd"] + arguments, input: input)
    }

    @Test func usersAreAddedChangedListedAndTakenOut() throws {
        let folder = try CommandFolder()
        let file = folder.file("users")
        try Data("# people\nold:line that is wrong\n".utf8).write(to: URL(filePath: file))
        let added = try Self.passwd([file, "alice", "--group", "staff", "--pbkdf2"], input: "wonder\n")
        #expect(added.status == 0 && added.errors.contains("'alice' was added"))
        let first = try folder.read("users")
        #expect(first.hasPrefix("# people\nold:line that is wrong\nalice:$pbkdf2-sha512$i=210000$"))
        #expect(first.hasSuffix(":staff\n") && !first.contains("wonder"))
        #expect(try folder.mode("users") == 0o600)
        let changed = try Self.passwd([file, "alice"], input: "other")
        #expect(changed.status == 0 && changed.errors.contains("'alice' was changed"))
        let second = try folder.read("users")
        #expect(second.contains("alice:$scrypt$ln=15,r=8,p=3$") && second.hasSuffix(":staff\n"))
        let regrouped = try Self.passwd([file, "alice", "--keep-password", "--group", "a", "--group", "b"])
        #expect(regrouped.status == 0)
        #expect(try folder.read("users") == second.replacingOccurrences(of: ":staff\n", with: ":a,b\n"))
        #expect(try Self.passwd([file, "old", "--delete"]).status == 0)
        let list = try Self.passwd([file, "--list"])
        #expect(list.output == "alice  (a, b)\n")
        #expect(try Self.passwd([file, "--list", "--json"]).output == #"{"groups":["a","b"],"name":"alice"}"# + "\n")
        #expect(try folder.read("users").hasPrefix("# people\nalice:"))
    }

    @Test func whatIsWrongChangesNothing() throws {
        let folder = try CommandFolder()
        let file = folder.file("users")
        #expect(try Self.passwd([file, "alice"], input: "").status == 1)
        #expect(try Self.passwd([file, "alice"], input: "a\nb\n").errors.contains("more than one line"))
        #expect(try Self.passwd([file, "a:b"], input: "x").errors.contains("no colon"))
        #expect(try Self.passwd([file, "alice", "--delete"]).status == 1)
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(try Self.passwd([file, "alice"], input: "x").status == 0)
        let before = try folder.read("users")
        let missing = try Self.passwd([file, "alic", "--delete"])
        #expect(missing.status == 1 && missing.errors.contains("did you mean 'alice'?"))
        #expect(try Self.passwd([file, "bob", "--keep-password", "--no-groups"]).status == 1)
        #expect(try folder.read("users") == before)
        for wrong in [[file], [file, "a", "--list"], [file, "--list", "--delete"], [file, "a", "--keep-password"]] {
            #expect(try Self.passwd(wrong, input: "x").status == 64, "\(wrong)")
        }
    }

    @Test func onATerminalNothingIsShown() throws {
        let folder = try CommandFolder()
        let file = folder.file("users")
        func run(_ first: String, _ second: String) throws -> TerminalRun {
            try TerminalRun(
                ["passwd", file, "alice", "--pbkdf2"],
                typing: [(after: "Password for alice: ", text: first), (after: "Again: ", text: second)]
            )
        }
        let differing = try run("first\n", "second\n")
        #expect(differing.status == 1 && differing.errors.contains("differ"))
        let givenUp = try run("first\n", "\u{3}")
        #expect(givenUp.status == 1 && givenUp.errors.contains("given up"))
        #expect(!FileManager.default.fileExists(atPath: file))
        let good = try run("secrex\u{7F}t\n", "oops\u{15}secret\n")
        #expect(good.status == 0 && good.errors.contains("'alice' was added"))
        for run in [differing, givenUp, good] {
            for word in ["first", "second", "secre", "oops"] {
                #expect(!run.shown.contains(word) && !run.errors.contains(word))
            }
        }
        #expect(try folder.read("users").hasPrefix("alice:$pbkdf2-sha512$"))
    }
}
