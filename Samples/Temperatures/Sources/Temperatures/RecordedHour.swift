/// One line of the file.
///
/// The reading is kept in tenths of a degree Fahrenheit, exactly as the file writes it, so that no result depends on how a floating
/// point number is rounded or printed.
struct RecordedHour: Sendable, Equatable {
    /// The day, as `2010-01-31`.
    let date: String
    /// The hour of the day.
    let hour: Int
    /// The reading in tenths of a degree.
    let tenths: Int
    /// How many readings the day has.
    var readingsOfDay = 0
}
