/// A candidate for a lease, as a value: what happens and the time go in, what to do comes out.
///
/// Phases: idle → asking ⇄ resting → held → (resting | letting go) → over. At most one request is under way at a time, so
/// that no renewal can overtake a release. Belief is a comparison with the clock, never a flag that somebody
/// has to take down in time: a process that was stopped for a minute wakes up without it.
package struct LeaseCore: Sendable {
    /// A request that waits for its answer.
    private struct Request {
        var number: UInt64
        var isRelease: Bool
        /// When it was handed over to be sent: the store can not have worked on it before.
        var sentAt: Duration
    }

    /// The times.
    package let terms: LeaseTerms
    /// Faults that tests plant to see that they are found.
    package var faults: Set<LeaseFault> = []

    private let ambition: LeaseAmbition
    private let name: [UInt8]
    private let random: LeaseRandom
    private var draws: UInt64 = 0

    private var wants = false
    private var isOver = false
    /// Each hold has a name of its own, so that what is left of an earlier one on the network can not touch it.
    private var episode: UInt64 = 0
    /// Whether the store may have something of this episode.
    private var mayBeStored = false
    private var request: Request?
    private var lastNumber: UInt64 = 0
    private var isHolding = false
    private var deadline = Duration.zero
    private var token: StateStoreVersion?
    private var nextAttempt: Duration?
    private var failuresInARow = 0
    private var lostRounds = 0

    /// Makes a candidate that wants nothing yet.
    ///
    /// - Parameters:
    ///   - terms: The times.
    ///   - ambition: How much it wants the lease.
    ///   - name: Whose lease it is; no other candidate, and no earlier life of this one, may have the same.
    ///   - seed: Where its jitter comes from.
    package init(terms: LeaseTerms, ambition: LeaseAmbition, name: [UInt8], seed: UInt64) {
        self.terms = terms
        self.ambition = ambition
        self.name = name
        self.random = LeaseRandom(seed: seed)
    }

    /// The value that the key of the lease has while this candidate holds it.
    package var holder: [UInt8] {
        if self.faults.contains(.sameHolderAlways) { return self.name }
        return self.name + Array(":\(self.episode)".utf8)
    }

    /// Whether the lease is this candidate's, at a time.
    ///
    /// - Parameter now: The time.
    /// - Returns: Whether it may act as the holder.
    package func isHeld(at now: Duration) -> Bool {
        self.isHolding && now < self.deadline
    }

    /// The newest fencing token, at a time.
    ///
    /// - Parameter now: The time.
    /// - Returns: The token; `nil` if the lease is not this candidate's.
    package func fencingToken(at now: Duration) -> StateStoreVersion? {
        self.isHeld(at: now) ? self.token : nil
    }

    /// When the candidate wants to hear of the time again; `nil` for not before something else happens.
    package var nextWake: Duration? {
        let attempt = self.request == nil ? self.nextAttempt : nil
        guard self.isHolding else { return attempt }
        return min(self.deadline, attempt ?? self.deadline)
    }

    /// Works on what happened.
    ///
    /// - Parameters:
    ///   - input: What happened.
    ///   - now: When.
    /// - Returns: What to do, in order.
    package mutating func handle(_ input: LeaseInput, at now: Duration) -> [LeaseAction] {
        var actions: [LeaseAction] = []
        // Before all else: whatever the input says, a deadline that has passed has passed.
        if self.isHolding, now >= self.deadline { self.lose(.expired, now, &actions) }
        switch input {
        case .begin:
            if !self.wants, !self.isOver {
                self.wants = true
                self.beginEpisode()
                self.nextAttempt = now
            }
        case .answered(let number, let answer): self.take(answer, number, now, &actions)
        case .observed(let holder, let version): self.observe(holder, version, now, &actions)
        case .fenced: if self.isHolding { self.lose(.fenced, now, &actions) }
        case .reconnected: if self.wants, self.nextAttempt != nil, !self.isHolding { self.nextAttempt = self.soon(now) }
        case .resign:
            if self.isHolding {
                actions.append(.tell(.resigned))
                self.stepBack(now)
            }
        case .tick: break
        case .release: self.letGo(&actions)
        }
        self.proceed(now, &actions)
        return actions
    }

    /// Sends what is due, if nothing is under way.
    private mutating func proceed(_ now: Duration, _ actions: inout [LeaseAction]) {
        guard self.request == nil || self.faults.contains(.overlappingRequests) else { return }
        if self.mayBeStored, !self.isHolding, !self.isAsking {
            self.mayBeStored = false
            actions.append(.release(request: self.send(isRelease: true, now), holder: self.holder))
            return
        }
        guard self.wants else {
            if !self.isOver {
                self.isOver = true
                actions.append(.tell(.ended))
            }
            return
        }
        guard let due = self.nextAttempt, due <= now else { return }
        self.nextAttempt = nil
        if !self.isAsking { self.beginEpisode() }
        self.mayBeStored = true
        actions.append(.acquire(request: self.send(isRelease: false, now), holder: self.holder))
    }

    /// Whether the present episode still asks for its lease, or prolongs it.
    private var isAsking = false

    private mutating func beginEpisode() {
        self.episode += 1
        self.isAsking = true
        self.mayBeStored = false
        self.token = nil
    }

    private mutating func send(isRelease: Bool, _ now: Duration) -> UInt64 {
        self.lastNumber += 1
        self.request = Request(number: self.lastNumber, isRelease: isRelease, sentAt: now)
        return self.lastNumber
    }

    private mutating func take(
        _ answer: LeaseAnswer,
        _ number: UInt64,
        _ now: Duration,
        _ actions: inout [LeaseAction]
    ) {
        guard let request = self.request, request.number == number else { return }
        self.request = nil
        if request.isRelease {
            // Told or not, this hold is over: what is left of it ends by itself.
            return
        }
        switch answer {
        case .granted(let token): self.granted(token, request, now, &actions)
        case .heldByAnother: self.heldByAnother(now, &actions)
        case .failed, .released: self.failed(now)
        case .refused:
            self.mayBeStored = false
            if self.isHolding { self.lose(.taken, now, &actions) }
            if self.ambition == .always {
                self.failed(now)
            } else if self.wants {
                self.wants = false
                self.isAsking = false
                actions.append(.tell(.refused))
            }
        }
    }

    private mutating func granted(
        _ token: StateStoreVersion,
        _ request: Request,
        _ now: Duration,
        _ actions: inout [LeaseAction]
    ) {
        guard self.wants, self.isAsking else { return }
        let base = self.faults.contains(.deadlineFromAnswer) ? now : request.sentAt
        let validity = self.faults.contains(.noMargin) ? self.terms.duration : self.terms.validity
        let deadline = base + validity
        guard now < deadline else {
            // Granted, but the answer took so long that little is left of it.
            self.failed(now)
            return
        }
        self.failuresInARow = 0
        self.lostRounds = 0
        self.token = max(self.token ?? token, token)
        self.deadline = max(self.isHolding ? self.deadline : deadline, deadline)
        let jitter = self.draw(below: self.terms.renewalInterval / 10)
        self.nextAttempt = request.sentAt + self.terms.renewalInterval - jitter
        actions.append(.tell(self.isHolding ? .renewed(token) : .held(token)))
        self.isHolding = true
    }

    private mutating func heldByAnother(_ now: Duration, _ actions: inout [LeaseAction]) {
        self.mayBeStored = false
        self.failuresInARow = 0
        if self.isHolding {
            self.lose(.taken, now, &actions)
            return
        }
        guard self.wants else { return }
        if self.ambition == .once {
            self.wants = false
            self.isAsking = false
            actions.append(.tell(.heldByAnother))
            return
        }
        // Whoever lets go tells; should that get lost, ask again when the lease may have run out.
        self.nextAttempt = now + self.terms.duration / 2 + self.draw(below: self.terms.duration / 2)
    }

    private mutating func failed(_ now: Duration) {
        guard self.wants else { return }
        let doubled = self.terms.retryBase * (1 << min(self.failuresInARow, 16))
        self.failuresInARow += 1
        self.nextAttempt = now + self.draw(below: min(doubled, self.terms.renewalInterval))
    }

    private mutating func observe(
        _ holder: [UInt8]?,
        _ version: StateStoreVersion?,
        _ now: Duration,
        _ actions: inout [LeaseAction]
    ) {
        if self.isHolding {
            // What was seen counts only if it is newer than what was granted.
            guard holder != self.holder, let version, let token = self.token, version > token else { return }
            self.lose(.taken, now, &actions)
            return
        }
        guard holder == nil, self.wants, self.nextAttempt != nil, self.isAsking else { return }
        self.nextAttempt = self.soon(now)
    }

    /// A moment within the herd's window: the sooner, the longer this candidate waits already.
    private mutating func soon(_ now: Duration) -> Duration {
        let window = self.terms.herdWindow / (1 << min(self.lostRounds, 4))
        self.lostRounds += 1
        return now + self.draw(below: window)
    }

    private mutating func lose(_ loss: LeaseLoss, _ now: Duration, _ actions: inout [LeaseAction]) {
        actions.append(.tell(.lost(loss)))
        self.stepBack(now)
    }

    private mutating func stepBack(_ now: Duration) {
        self.isHolding = false
        self.isAsking = false
        self.token = nil
        self.nextAttempt = nil
        if self.ambition == .always {
            // The others first: whoever lost it was slow, or cut off.
            self.nextAttempt = now + self.terms.herdWindow + self.draw(below: self.terms.herdWindow)
        } else {
            self.wants = false
        }
    }

    private mutating func letGo(_ actions: inout [LeaseAction]) {
        self.wants = false
        self.isHolding = false
        if !self.faults.contains(.renewsAfterRelease) { self.isAsking = false }
        self.token = nil
        self.nextAttempt = nil
    }

    private mutating func draw(below limit: Duration) -> Duration {
        self.draws += 1
        return self.random.duration(below: limit, self.draws)
    }
}
