/// Who gets the messages of one topic.
struct MatchSet {
    /// One session, with what its matching subscriptions say together.
    struct Target {
        var session: Int32
        /// The set of subscription identifiers; negative for none.
        var identifiers: Int32
        /// The highest QoS granted by a matching subscription ([MQTT-3.3.4-2]).
        var qos: UInt8
        var retainAsPublished: Bool
        /// One of the subscriptions says no local: the publisher's own session needs a second look.
        var hasNoLocal: Bool
    }

    var targets: [Target] = []
    var groups: [Int32] = []
    /// Some ordinary subscription matched with the session of the publisher excluded or not; false when nobody would get it.
    var isEmpty: Bool { targets.isEmpty && groups.isEmpty }
}
