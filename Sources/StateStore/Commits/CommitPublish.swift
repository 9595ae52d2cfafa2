/// A PUBLISH of a commit where it lies in the bytes of the request.
///
/// The topic and the texts were checked: they are what a PUBLISH packet may carry.
package struct CommitPublish: Hashable, Sendable {
    /// Where the topic lies.
    package var topic: Range<Int>
    /// Where the payload lies.
    package var payload: Range<Int>
    /// The quality of service, 0 to 2; 1 if nothing is said.
    package var qos: UInt8 = 1
    /// Whether it is to be retained.
    package var retain = false
    /// Seconds that it lives.
    package var expiry: UInt32?
    /// All options, as they lie.
    package var options: StateArguments

    /// Makes the description of a message.
    ///
    /// - Parameters:
    ///   - topic: Where the topic lies.
    ///   - payload: Where the payload lies.
    ///   - options: All options, as they lie.
    package init(topic: Range<Int>, payload: Range<Int>, options: StateArguments) {
        self.topic = topic
        self.payload = payload
        self.options = options
    }
}
