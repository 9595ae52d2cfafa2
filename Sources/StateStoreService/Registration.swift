/// A KEYNOTIFY, or its end.
struct Registration: Sendable {
    /// The request's number; `nil` where nobody asked, because the client has gone.
    var number: UInt64?
    /// Who asks.
    var client: String
    /// Which key.
    var key: [UInt8]
    /// Whether it is the end.
    var isStop: Bool
}
