/// How many messages were published, and why the first one was not.
struct PublishTally: Sendable {
    var published = 0
    var failed = 0
    var failure: String?
}
