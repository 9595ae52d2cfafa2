/// A message the simulation publishes.
struct SimulatedMessage {
    /// Stands in the payload.
    var identifier: Int
    var topic: String
    var qos: UInt8
    var retain = false
    /// Empty and retained: takes the retained message of the topic away.
    ///
    /// Its identifier is not on the wire.
    var isClear = false
    /// Beyond what clients with a small Maximum Packet Size take.
    var isLarge = false
    /// Seconds.
    var expiry: UInt32?
    /// The page it must be on, because something durable depends on it; 0 for none.
    var page: UInt64 = 0
    /// A will: the broker's own.
    var isWill = false
    /// Published by a commit.
    var isOfCommit = false
    /// The page of that commit, or of the packet identifier of a QoS 2 message: nobody may see it before.
    var commitPage: UInt64 = 0
    /// The message that it is sent again as, after a crash or a refusal that its publisher did not hear of; itself for the first.
    var root = 0
    /// Whose it is; set when it is published.
    var publisher = ""
    /// When it expires, in milliseconds; set when it is published.
    var expiresAt = Int64.max

    var payload: String {
        if isClear { return "" }
        return isLarge ? "\(identifier)|" + String(repeating: "x", count: 300) : "\(identifier)|"
    }

    /// What is read back from a payload: the message's identifier, -1 for one that clears.
    static func identifier(in payload: some Sequence<UInt8>) -> Int {
        let digits = payload.prefix { $0 != UInt8(ascii: "|") }
        return Int(String(decoding: Array(digits), as: UTF8.self)) ?? -1
    }

    var wireIdentifier: Int { isClear ? -1 : identifier }
}
