/// The message of the handlers under test.
struct Order: Codable, Equatable {
    var id: Int
    var note: String?
}

/// A failure of a handler under test.
struct Failure: Error, CustomStringConvertible {
    var description: String
}
