/// Says what is wrong with the recorded file.
struct RecordedYearError: Error, CustomStringConvertible {
    /// What is wrong, and in which line.
    let message: String

    var description: String { message }
}
