import Martlet

/// What went wrong, in words for the person at the terminal; it is printed after `Error:` and the exit code is 1.
struct CommandFailure: Error, CustomStringConvertible {
    var message: String

    init(_ message: String) {
        self.message = message
    }

    var description: String { message }

    /// Says that there is no such thing, and what may have been meant.
    ///
    /// - Parameters:
    ///   - what: What was asked for, as the sentence says it.
    ///   - name: Its name.
    ///   - names: All names that there are.
    /// - Returns: The sentence.
    static func unknown(_ what: String, _ name: String, among names: [String]) -> String {
        let suggestion = Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        return "there is no \(what)\(suggestion.isEmpty ? "; there are: \(names.joined(separator: ", "))" : suggestion)"
    }
}
