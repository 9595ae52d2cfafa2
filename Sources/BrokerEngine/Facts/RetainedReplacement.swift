/// A retained message that took the place of another one: undone when its page cannot be stored.
struct RetainedReplacement {
    /// The page of the new one.
    var page: UInt64
    /// The node of the topic.
    var node: Int32
    /// The message before, which is kept until the page is durable; negative for none.
    var old: Int32
    /// Who published that.
    var oldPublisher: UInt64
    var new: Int32
    /// The identity of the new one: its handle may be another message's by then.
    var sequence: UInt64
}
