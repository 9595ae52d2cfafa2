/// What a replica said when it gave a message back: the broker keeps it for the next one.
struct EarlierFailure: Sendable, Equatable {
    /// Which delivery it was, from 1.
    var attempt: Int
    /// Which replica, and its error.
    var text: String

    /// Makes one.
    ///
    /// - Parameters:
    ///   - attempt: Which delivery it was.
    ///   - text: Which replica, and its error.
    init(attempt: Int, text: String) {
        self.attempt = attempt
        self.text = text
    }

    /// Reads what the broker says: the number, a colon, a space and the text.
    ///
    /// - Parameter value: The value of the user property; `nil` comes of anything else.
    init?(_ value: String) {
        guard let colon = value.firstRange(of: ": "), let attempt = Int(value[..<colon.lowerBound]), attempt > 0 else {
            return nil
        }
        self.init(attempt: attempt, text: String(value[colon.upperBound...]))
    }
}
