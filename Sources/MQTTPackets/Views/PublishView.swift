/// A PUBLISH where it lies, for the broker's hot path: nothing is copied, nothing is allocated (MQTT 5.0 §3.3).
///
/// All places are absolute in the span that was parsed. What ``parse(_:packetAt:header:version:limits:)`` returns was
/// checked in full, by the rules for a packet that a client sends.
package struct PublishView: Sendable, Equatable {
    /// Whether this may have been sent before (§3.3.1.1).
    package var dup: Bool
    /// The quality of service (§3.3.1.2).
    package var qos: QoS
    /// Whether it is to be retained (§3.3.1.3).
    package var retain: Bool
    /// Where the topic lies, without its length; empty only beside a topic alias.
    package var topic: Range<Int>
    /// The packet identifier; 0 if the quality of service is 0.
    package var packetIdentifier: UInt16
    /// Where the properties lie, without the length of the section; empty in 3.1.1.
    package var properties: Range<Int>
    /// Where the payload lies.
    package var payload: Range<Int>
    /// Seconds that the message lives.
    package var messageExpiryInterval: UInt32?
    /// The number that stands for the topic on this connection; never 0.
    package var topicAlias: UInt16?
    /// 1 if the payload is said to be UTF-8 text.
    package var payloadFormatIndicator: UInt8?

    /// Whether all of `properties` goes to subscribers as it is: no topic alias, which is of this connection only, and no
    /// message expiry, which is counted down.
    package var passesThroughWhole: Bool {
        topicAlias == nil && messageExpiryInterval == nil
    }
}
