/// Which requests wait for an answer, and on which topics answers come.
struct RequestBook {
    /// A request that was handed over to be sent.
    struct Waiting {
        let number: UInt64
        let topic: [UInt8]
        var deadline: Duration
        let tellsLosses: Bool
        /// How long it waits from when the server said that nobody subscribes to its topic; `nil` for its deadline.
        var unheardWait: Duration?
        let reply: Reply<MQTTAnswer>
        /// Whether the server said that nobody subscribes to its topic.
        var isUnheard = false
        /// Whether the server has acknowledged it.
        var isAcknowledged = false
        /// Whether it was sent more than once.
        var isResent = false
    }

    /// How many response topics one client uses at most.
    static let maximumTopics = 64

    /// The topic for requests that name none.
    let defaultTopic: String
    /// When the first request is late.
    private(set) var earliestDeadline: Duration?

    private let nonce: UInt64
    private var waiting: [[UInt8]: Waiting] = [:]
    private var topics: [[UInt8]] = []

    /// Makes an empty book.
    ///
    /// - Parameters:
    ///   - defaultTopic: The topic for requests that name none, if the configuration has one.
    ///   - clientIdentifier: What the topic is made of otherwise; may be empty.
    ///   - nonce: Tells the requests of this client from those of its predecessors.
    init(defaultTopic: String?, clientIdentifier: String, nonce: UInt64) {
        self.nonce = nonce
        let name = clientIdentifier.isEmpty ? String(nonce, radix: 16) : Self.topicLevel(clientIdentifier)
        self.defaultTopic = defaultTopic ?? "clients/\(name)/responses"
    }

    /// How many requests wait.
    var count: Int { self.waiting.count }

    /// A client identifier may hold what a topic may not.
    private static func topicLevel(_ identifier: String) -> String {
        var level = ""
        for scalar in identifier.unicodeScalars {
            switch scalar {
            case "+": level += "%2B"
            case "#": level += "%23"
            case "%": level += "%25"
            default: level.unicodeScalars.append(scalar)
            }
        }
        return level
    }

    /// Correlation data that no other request has.
    func makeCorrelation(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for word in [self.nonce, number] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return bytes
    }

    /// Whether answers come on a topic.
    func isResponseTopic(_ topic: String) -> Bool {
        guard !self.topics.isEmpty else { return false }
        let bytes = topic.utf8
        return self.topics.contains { $0.count == bytes.count && $0.elementsEqual(bytes) }
    }

    /// Whether a request with this correlation data waits.
    func contains(_ correlation: [UInt8]) -> Bool { self.waiting[correlation] != nil }

    /// Whether the limit of response topics leaves no room for this one.
    func isFull(for topic: String) -> Bool {
        self.topics.count >= Self.maximumTopics && !self.isResponseTopic(topic)
    }

    /// Notes that answers come on a topic.
    ///
    /// - Parameter topic: The topic.
    /// - Returns: Whether this is new, so that it has to be subscribed.
    mutating func useTopic(_ topic: String) -> Bool {
        if self.isResponseTopic(topic) { return false }
        self.topics.append(Array(topic.utf8))
        return true
    }

    mutating func add(_ request: Waiting, _ correlation: [UInt8]) {
        self.waiting[correlation] = request
        self.earliestDeadline = min(self.earliestDeadline ?? request.deadline, request.deadline)
    }

    mutating func update(_ correlation: [UInt8], _ change: (inout Waiting) -> Void) {
        guard var request = self.waiting[correlation] else { return }
        change(&request)
        self.waiting[correlation] = request
    }

    /// The server has taken a request.
    ///
    /// - Parameters:
    ///   - correlation: Which.
    ///   - isHeard: Whether somebody subscribes to its topic, as far as the server says.
    ///   - now: The time.
    mutating func acknowledged(_ correlation: [UInt8], isHeard: Bool, now: Duration) {
        self.update(correlation) { request in
            request.isAcknowledged = true
            guard !isHeard, let wait = request.unheardWait else { return }
            request.isUnheard = true
            request.deadline = min(request.deadline, now + wait)
        }
        guard !isHeard, let deadline = self.waiting[correlation]?.deadline else { return }
        self.earliestDeadline = min(self.earliestDeadline ?? deadline, deadline)
    }

    mutating func remove(_ correlation: [UInt8]) -> Waiting? {
        self.waiting.removeValue(forKey: correlation)
    }

    mutating func remove(where isMeant: (Waiting) -> Bool) -> [Waiting] {
        let meant = self.waiting.filter { isMeant($0.value) }
        for key in meant.keys { self.waiting[key] = nil }
        return Array(meant.values)
    }

    /// Notes that no answers can come on a topic.
    ///
    /// - Parameter topic: The topic.
    /// - Returns: The requests that waited for answers on it.
    mutating func forgetTopic(_ topic: String) -> [Waiting] {
        guard self.isResponseTopic(topic) else { return [] }
        let bytes = Array(topic.utf8)
        self.topics.removeAll { $0 == bytes }
        return self.remove { $0.topic == bytes }
    }

    mutating func updateEarliestDeadline() {
        self.earliestDeadline = self.waiting.values.lazy.map(\.deadline).min()
    }
}
