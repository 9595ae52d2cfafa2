import MQTTPackets

/// A request to make or to end subscriptions, on its way.
struct SubscriptionOperation: Sendable {
    /// One packet of it.
    enum Part: Sendable {
        case subscribe(SubscriptionGroup)
        case unsubscribe([String])

        var isSubscribe: Bool {
            switch self {
            case .subscribe: true
            case .unsubscribe: false
            }
        }
    }

    /// The number of the operation within the client.
    let number: UInt64
    let parts: [Part]
    /// Where the answers of each part stand in the answer to the whole.
    let positions: [[Int]]
    /// What it counts against the limit of bytes.
    let size: Int
    private(set) var deadline: Duration?
    /// Nobody waits for what the client asks by itself.
    private(set) var reply: Reply<[MQTTReasonCode]>?

    /// Whether it counts against the limits: what the client asks by itself does not.
    private(set) var isCounted: Bool
    /// Whether it asks again for what was granted on an earlier connection.
    var isAgain = false
    /// Whether nobody waits any more, though a packet of it is under way.
    private(set) var isAbandoned = false
    /// The answers so far; 0xFF where one is missing.
    var reasonCodes: [MQTTReasonCode]
    /// Which parts are answered.
    var isAnswered: [Bool]

    init(
        number: UInt64,
        parts: [Part],
        positions: [[Int]],
        size: Int = 0,
        deadline: Duration? = nil,
        reply: Reply<[MQTTReasonCode]>? = nil
    ) {
        self.number = number
        self.parts = parts
        self.positions = positions
        self.size = size
        self.deadline = deadline
        self.reply = reply
        self.isCounted = reply != nil
        let count = positions.reduce(0) { $0 + $1.count }
        self.reasonCodes = Array(repeating: MQTTReasonCode(rawValue: 0xFF), count: count)
        self.isAnswered = Array(repeating: false, count: parts.count)
    }

    /// How many topic filters it subscribes.
    var subscriptionCount: Int {
        self.parts.reduce(0) { count, part in
            if case .subscribe(let group) = part { count + group.subscriptions.count } else { count }
        }
    }

    /// Notes that its waiter has been answered.
    mutating func abandon() {
        self.isAbandoned = true
        self.isCounted = false
        self.deadline = nil
        self.reply = nil
    }
}
