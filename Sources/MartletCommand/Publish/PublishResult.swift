/// What `martlet pub --json` prints.
struct PublishResult: Encodable {
    var topic: String
    var published: Int
    /// How many of them nobody was subscribed to, as far as the server says.
    var unheard: Int
    var failed: Int
    var seconds: Double
}
