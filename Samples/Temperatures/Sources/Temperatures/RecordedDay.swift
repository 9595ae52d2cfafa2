/// One day of the file: its date and its readings in the order of the hours.
///
/// The readings are kept in tenths of a degree Fahrenheit, exactly as the file writes them, so that no result
/// depends on how a floating point number is rounded or printed.
struct RecordedDay: Sendable, Equatable {
    /// The day, as `2010-01-31`.
    let date: String
    /// The readings in tenths of a degree.
    let tenths: [Int]
}
