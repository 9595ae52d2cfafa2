import ArgumentParser
import Foundation
import Glibc

/// What the subcommands of `martlet inspect` share: where the admin API is, who asks, and how the answer is shown.
struct InspectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The admin API (default: MARTLET_ADMIN_URL, or http://127.0.0.1:9883).", valueName: "url")
    )
    var url: String?

    @Option(help: "The user name; the password is read from --password-file, MARTLET_PASSWORD or the terminal.")
    var username: String?

    @Option(help: ArgumentHelp("A file whose first line is the password.", valueName: "path"))
    var passwordFile: String?

    @Option(help: ArgumentHelp("A file whose first line is a token (default: MARTLET_TOKEN).", valueName: "path"))
    var tokenFile: String?

    @Option(help: ArgumentHelp("How long an answer may take.", valueName: "seconds"))
    var timeout = 10.0

    @Option(help: ArgumentHelp("What a list shows at most.", valueName: "items"))
    var limit = 1_000

    @Option(help: ArgumentHelp("Ask again after so long, until stopped.", valueName: "seconds"))
    var watch: Double?

    @Flag(help: "Results as one JSON object a line.")
    var json = false

    func validate() throws {
        guard timeout > 0, timeout.isFinite else { throw ValidationError("--timeout is more than 0") }
        guard limit > 0 else { throw ValidationError("--limit is more than 0") }
        guard watch.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("--watch is more than 0") }
        guard passwordFile == nil || username != nil else {
            throw ValidationError("--password-file goes with --username")
        }
        guard username == nil || tokenFile == nil else {
            throw ValidationError("give either --username or --token-file")
        }
    }

    /// The client that asks.
    ///
    /// - Parameter environment: The environment of the process.
    /// - Returns: The client.
    /// - Throws: ``CommandFailure`` for a file that cannot be read, or a password that nobody says.
    func client(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> AdminClient {
        let url = url ?? environment["MARTLET_ADMIN_URL"] ?? "http://127.0.0.1:9883"
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw CommandFailure("'\(url)' is no address of an admin API; one looks like http://127.0.0.1:9883")
        }
        return AdminClient(url: url, authorization: try authorization(environment), timeout: .seconds(timeout))
    }

    private func authorization(_ environment: [String: String]) throws -> String? {
        if let username {
            let password =
                try passwordFile.map(Self.firstLine) ?? environment["MARTLET_PASSWORD"] ?? Self.prompt(username)
            return "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
        }
        guard let token = try tokenFile.map(Self.firstLine) ?? environment["MARTLET_TOKEN"] else { return nil }
        return "Bearer \(token)"
    }

    private static func firstLine(of path: String) throws -> String {
        let bytes = try InputFile(path: path).readAll()
        let text = String(
            decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") },
            as: UTF8.self
        )
        guard !text.isEmpty else { throw CommandFailure("the first line of \(path) is empty") }
        return text
    }

    private static func prompt(_ username: String) throws -> String {
        // Safe because the text that the call returns is copied before anything else could be read.
        guard isatty(STDIN_FILENO) == 1, let text = getpass("Password of \(username): ") else {
            throw CommandFailure("say the password of '\(username)' by --password-file or MARTLET_PASSWORD")
        }
        return String(cString: text)
    }
}
