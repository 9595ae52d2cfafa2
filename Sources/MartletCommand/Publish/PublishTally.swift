/// How many messages were published, and why the first one was not.
struct PublishTally: Sendable {
    var published = 0
    /// Of those that were published, how many nobody was subscribed to, as far as the server says.
    var unheard = 0
    var failed = 0
    var failure: String?
}
