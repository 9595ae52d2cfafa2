/// What went wrong, in words for the person at the terminal; it is printed after `Error:` and the exit code is 1.
struct CommandFailure: Error, CustomStringConvertible {
    var message: String

    init(_ message: String) {
        self.message = message
    }

    var description: String { message }
}
