/// What `martlet pub --json` prints.
struct PublishResult: Encodable {
    var topic: String
    var published: Int
    var failed: Int
    var seconds: Double
}
