import Glibc

/// Asks for a password: on a terminal twice and without showing it, else one line of standard input.
///
/// A password is never an argument: those can be read by everybody on the machine.
enum PasswordInput {
    /// Bytes that a line of standard input may have.
    private static let maximumLength = 4_096

    /// Reads the password.
    ///
    /// - Parameter name: Whose it is.
    /// - Returns: Its bytes.
    /// - Throws: `CommandFailure` where there is none, or the two differ.
    static func read(for name: String) throws -> [UInt8] {
        guard isatty(STDIN_FILENO) == 1 else { return try readLine() }
        let first = try ask("Password for \(name): ")
        let second = try ask("Again: ")
        guard first == second else { throw CommandFailure("the two passwords differ; nothing was changed") }
        return try checked(first)
    }

    private static func checked(_ password: [UInt8]) throws -> [UInt8] {
        guard !password.isEmpty else { throw CommandFailure("a password is not empty; nothing was changed") }
        return password
    }

    /// The only line of standard input.
    private static func readLine() throws -> [UInt8] {
        var line: [UInt8] = []
        while let byte = try readByte() {
            line.append(byte)
            guard line.count <= maximumLength else {
                throw CommandFailure("standard input is no password: it is too long")
            }
        }
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.contains(UInt8(ascii: "\n")) else {
            throw CommandFailure("standard input has more than one line; it is the password and nothing else")
        }
        return try checked(line)
    }

    /// Asks on the terminal, which shows nothing of it.
    private static func ask(_ question: String) throws -> [UInt8] {
        var shown = termios()
        // Safe because the call only fills in the struct it is given.
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw CommandFailure("the terminal cannot be asked") }
        var hidden = shown
        // Signals are off too: else the terminal of whoever gives up here would stay mute.
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else {
            throw CommandFailure("the terminal cannot hide what is typed")
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Output.write([UInt8(ascii: "\n")], to: STDERR_FILENO)
        }
        // Only now: what is typed before would be shown.
        Output.write(Array(question.utf8), to: STDERR_FILENO)
        var password: [UInt8] = []
        while let byte = try readByte() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return password
            case 0x03, 0x1C: throw CommandFailure("given up; nothing was changed")
            case 0x04 where password.isEmpty: throw CommandFailure("given up; nothing was changed")
            case 0x08, 0x7F: removeCharacter(&password)
            case 0x15: password = []
            default: if password.count < maximumLength { password.append(byte) }
            }
        }
        throw CommandFailure("the terminal is gone; nothing was changed")
    }

    /// Takes the last character back, all bytes of it.
    private static func removeCharacter(_ bytes: inout [UInt8]) {
        while let byte = bytes.popLast(), byte & 0xC0 == 0x80 {}
    }

    private static func readByte() throws -> UInt8? {
        var byte: UInt8 = 0
        while true {
            // Safe because the call writes at most the one byte it is given.
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            if count == 0 { return nil }
            guard errno == EINTR else { throw CommandFailure("standard input: \(String(cString: strerror(errno)))") }
        }
    }
}
