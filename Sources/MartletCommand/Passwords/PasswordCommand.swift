import ArgumentParser
import BrokerAuthentication

/// `martlet passwd`: keeps the users of a password file.
struct PasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd",
        abstract: "Keep the users of a password file.",
        discussion: """
            EXAMPLES:
              martlet passwd users alice                         # asks twice, shows nothing
              martlet passwd users alice < secret.txt            # one line of standard input
              martlet passwd users alice --group staff --group sensors
              martlet passwd users alice --keep-password --no-groups
              martlet passwd users alice --delete
              martlet passwd users --list

            The file keeps a salted scrypt hash of each password, no password. A new one can be read by its owner only. Lines of others and remarks \
            stay as they are. A running broker reads it again on SIGHUP.

            EXIT CODES: 0 done, 1 it failed or there is no such user, 64 wrong usage.
            """
    )

    @Argument(help: "The password file; made when it is missing.")
    var file: String

    @Argument(help: "The user name.")
    var name: String?

    @Flag(help: "Take the user out.")
    var delete = false

    @Flag(help: "Print the users and their groups.")
    var list = false

    @Option(
        name: .customLong("group"),
        help: ArgumentHelp("Put the user into this group only; may be repeated.", valueName: "group")
    )
    var groups: [String] = []

    @Flag(name: .customLong("no-groups"), help: "Take the user out of all groups.")
    var hasNoGroups = false

    @Flag(name: .customLong("keep-password"), help: "Change the groups only.")
    var keepsPassword = false

    @Flag(name: .customLong("pbkdf2"), help: "Hash by PBKDF2-HMAC-SHA-512 instead of scrypt.")
    var usesPBKDF2 = false

    @Flag(help: "Print the users as lines of JSON (with --list).")
    var json = false

    func validate() throws {
        guard list == (name == nil) else { throw ValidationError("give the name of a user, or --list") }
        guard !(list && delete) else { throw ValidationError("--list and --delete do not go together") }
        guard list || !json else { throw ValidationError("--json goes with --list") }
        let changesGroups = !groups.isEmpty || hasNoGroups
        guard groups.isEmpty || !hasNoGroups else {
            throw ValidationError("--group and --no-groups do not go together")
        }
        guard !(list || delete) || !(changesGroups || keepsPassword || usesPBKDF2) else {
            throw ValidationError("--list and --delete take nothing else")
        }
        guard !keepsPassword || changesGroups && !usesPBKDF2 else {
            throw ValidationError("--keep-password goes with --group or --no-groups")
        }
    }

    func run() throws {
        do {
            guard let name else { return try printUsers() }
            try PasswordEntry.check(name, isGroup: false)
            for group in groups { try PasswordEntry.check(group, isGroup: true) }
            if delete { try remove(name) } else { try set(name) }
        } catch let error as AuthenticationError {
            throw CommandFailure(error.message)
        }
    }

    private func printUsers() throws {
        for entry in try PasswordFile.read(file).entries(path: file) {
            if json {
                Output.line(JSONLine.encode(PasswordUser(name: entry.name, groups: entry.groups)))
            } else {
                Output.line(
                    entry.groups.isEmpty ? entry.name : "\(entry.name)  (\(entry.groups.joined(separator: ", ")))"
                )
            }
        }
    }

    private func remove(_ name: String) throws {
        // A file that is not there is not made only to take somebody out of it.
        _ = try PasswordFile.read(file)
        let path = file
        try PasswordFile.change(path) { file throws(AuthenticationError) in
            guard file.remove(name) else {
                throw AuthenticationError(
                    .content,
                    CommandFailure.unknown("user '\(name)' in \(path)", name, among: file.names)
                )
            }
        }
        Output.remark("'\(name)' was taken out of \(file)")
    }

    private func set(_ name: String) throws {
        // Hashed before the file is locked: it takes its time, and the person at the terminal takes more.
        let hash = keepsPassword ? nil : try PasswordHash(password: PasswordInput.read(for: name), function: function)
        let isNew = try PasswordFile.change(file) { file throws(AuthenticationError) in
            let old = try file.line(of: name).flatMap { line throws(AuthenticationError) in
                try PasswordFile(Array(line.utf8)).entries(path: self.file).first
            }
            guard let hash = hash ?? old?.hash else {
                throw AuthenticationError(
                    .content,
                    "there is no user '\(name)' in \(self.file) whose password could be kept"
                )
            }
            let kept = hasNoGroups ? [] : old?.groups ?? []
            return file.set(try PasswordEntry(name: name, hash: hash, groups: groups.isEmpty ? kept : groups))
        }
        Output.remark(isNew ? "'\(name)' was added to \(file)" : "'\(name)' was changed in \(file)")
    }

    private var function: PasswordHash.Function { usesPBKDF2 ? .pbkdf2 : .scrypt }
}
