import DequeModule

/// What is subscribed, and which requests to change that are under way.
struct SubscriptionBook {
    /// One packet of one operation.
    struct Ticket: Hashable {
        let operation: UInt64
        let part: Int
    }

    /// What an answer of the server means.
    enum Answer {
        /// Nobody asked.
        case unknown
        /// It has not as many reason codes as were asked for.
        case mismatch(expected: Int)
        /// It answers this part; the operation is there when it is all answered.
        case taken(SubscriptionOperation.Part, finished: SubscriptionOperation?, isAgain: Bool)
    }

    /// When the first operation is late.
    private(set) var earliestDeadline: Duration?

    private var operations: [UInt64: SubscriptionOperation] = [:]
    private var unsent: Deque<Ticket> = []
    private var underWay: [UInt16: Ticket] = [:]
    // In the order in which they were granted; keyed by bytes, because MQTT compares filters so.
    private var granted: [SubscriptionGroup] = []
    private var grantedPositions: [[UInt8]: Int] = [:]

    /// How many subscriptions the server granted.
    var grantedCount: Int { self.granted.count }

    mutating func add(_ operation: SubscriptionOperation) {
        self.operations[operation.number] = operation
        for part in operation.parts.indices {
            self.unsent.append(Ticket(operation: operation.number, part: part))
        }
        if let deadline = operation.deadline {
            self.earliestDeadline = min(self.earliestDeadline ?? deadline, deadline)
        }
    }

    /// Asks again for what was granted, before all else that waits.
    ///
    /// - Parameters:
    ///   - onlyShared: Whether only shared subscriptions are asked for.
    ///   - makeNumber: Gives numbers for the operations.
    mutating func addAgain(onlyShared: Bool = false, _ makeNumber: () -> UInt64) {
        let again = self.granted.filter { !onlyShared || $0.subscriptions[0].isShared }
        self.granted.removeAll { !onlyShared || $0.subscriptions[0].isShared }
        self.updatePositions()
        var groups: [SubscriptionGroup] = []
        for group in again {
            if let last = groups.last, last.hasSameTerms(as: group), last.subscriptions.count < SubscriptionGroup.limit
            {
                groups[groups.count - 1].subscriptions += group.subscriptions
            } else {
                groups.append(group)
            }
        }
        let waiting = self.unsent
        self.unsent = []
        for group in groups {
            var operation = SubscriptionOperation(
                number: makeNumber(),
                parts: [.subscribe(group)],
                positions: [Array(group.subscriptions.indices)]
            )
            operation.isAgain = true
            self.add(operation)
        }
        self.unsent.append(contentsOf: waiting)
    }

    /// The next packet to send.
    ///
    /// - Returns: Its ticket and what it asks, or `nil` if nothing waits.
    func nextToSend() -> (Ticket, SubscriptionOperation.Part)? {
        guard let ticket = self.unsent.first, let operation = self.operations[ticket.operation] else { return nil }
        return (ticket, operation.parts[ticket.part])
    }

    /// Notes that the next packet was sent.
    mutating func sent(_ ticket: Ticket, _ identifier: UInt16) {
        self.unsent.removeFirst()
        self.underWay[identifier] = ticket
    }

    /// Takes an operation out because one of its packets, the next one, cannot be sent.
    mutating func refuse(_ ticket: Ticket) -> SubscriptionOperation? {
        self.abandon { $0.number == ticket.operation }.first
    }

    mutating func answer(_ identifier: UInt16, _ codes: [MQTTReasonCode], isSubscribe: Bool) -> Answer {
        guard let ticket = self.underWay[identifier], var operation = self.operations[ticket.operation] else {
            return .unknown
        }
        let part = operation.parts[ticket.part]
        guard part.isSubscribe == isSubscribe else { return .unknown }
        let positions = operation.positions[ticket.part]
        guard codes.count == positions.count else { return .mismatch(expected: positions.count) }
        self.underWay[identifier] = nil
        for (position, code) in zip(positions, codes) { operation.reasonCodes[position] = code }
        operation.isAnswered[ticket.part] = true
        self.note(part, codes)
        let isFinished = operation.isAnswered.allSatisfy { $0 }
        self.operations[ticket.operation] = isFinished ? nil : operation
        return .taken(part, finished: isFinished ? operation : nil, isAgain: operation.isAgain)
    }

    private mutating func note(_ part: SubscriptionOperation.Part, _ codes: [MQTTReasonCode]) {
        switch part {
        case .subscribe(let group):
            for (subscription, code) in zip(group.subscriptions, codes) where !code.isError {
                var single = group
                single.subscriptions = [subscription]
                let key = Array(subscription.topicFilter.utf8)
                if let position = self.grantedPositions[key] {
                    self.granted[position] = single
                } else {
                    self.grantedPositions[key] = self.granted.count
                    self.granted.append(single)
                }
            }
        case .unsubscribe(let filters):
            let ended = Set(zip(filters, codes).filter { !$1.isError }.map { Array($0.0.utf8) })
            self.granted.removeAll { ended.contains(Array($0.subscriptions[0].topicFilter.utf8)) }
            self.updatePositions()
        }
    }

    private mutating func updatePositions() {
        self.grantedPositions = [:]
        for (position, group) in self.granted.enumerated() {
            self.grantedPositions[Array(group.subscriptions[0].topicFilter.utf8)] = position
        }
    }

    /// Everything that was sent and not answered waits again, in its old order.
    ///
    /// - Returns: The packet identifiers that are free now.
    mutating func connectionEnded() -> [UInt16] {
        let identifiers = Array(self.underWay.keys)
        let again = self.underWay.values
            .filter { self.operations[$0.operation]?.isAbandoned == false }
            .sorted { ($0.operation, $0.part) < ($1.operation, $1.part) }
        for ticket in self.underWay.values where self.operations[ticket.operation]?.isAbandoned == true {
            self.operations[ticket.operation] = nil
        }
        self.underWay = [:]
        self.unsent.prepend(contentsOf: again)
        return identifiers
    }

    /// Lets go of operations whose waiters gave up: what was not sent is not sent any more, the rest goes its way.
    ///
    /// - Parameter isMeant: Which operations.
    /// - Returns: The operations as they were, to be answered.
    mutating func abandon(where isMeant: (SubscriptionOperation) -> Bool) -> [SubscriptionOperation] {
        let abandoned = self.operations.values.filter { !$0.isAbandoned && isMeant($0) }
        guard !abandoned.isEmpty else { return [] }
        let numbers = Set(abandoned.map(\.number))
        self.unsent.removeAll { numbers.contains($0.operation) }
        let stillUnderWay = Set(self.underWay.values.map(\.operation))
        for number in numbers {
            if stillUnderWay.contains(number) {
                self.operations[number]?.abandon()
            } else {
                self.operations[number] = nil
            }
        }
        return abandoned
    }

    mutating func updateEarliestDeadline() {
        self.earliestDeadline = self.operations.values.compactMap(\.deadline).min()
    }

    mutating func removeAll() -> [SubscriptionOperation] {
        defer { self = SubscriptionBook() }
        return self.operations.values.filter { !$0.isAbandoned }
    }
}
