import StateStoreClient

extension LeaseSimulation {
    /// Lets a candidate work on what happened, and does what it says.
    func feed(_ input: LeaseInput, _ client: Int) {
        let local = self.clients[client].local(self.now)
        for action in self.clients[client].core.handle(input, at: local) {
            switch action {
            case .acquire(let number, let holder):
                self.ask(.acquire(holder: holder, milliseconds: 3_000), number, client)
            case .release(let number, let holder): self.ask(.release(holder: holder), number, client)
            case .tell(let tidings): self.hear(tidings, client)
            }
        }
        self.arm(client)
    }

    private func ask(_ kind: SimulatedRequest.Kind, _ number: UInt64, _ client: Int) {
        let deadline = self.clients[client].local(self.now) + Self.terms.attemptTimeout
        self.clients[client].leaseRequest = (number, self.clients[client].real(deadline))
        let life = self.clients[client].life
        self.send(SimulatedRequest(client: client, life: life, number: number, kind: kind, isOfLease: true))
    }

    private func hear(_ tidings: LeaseTidings, _ client: Int) {
        self.note("client \(client): \(tidings)")
        switch tidings {
        case .held: self.count("a lease is held")
        case .renewed: self.count("a lease is renewed")
        case .lost(let loss): self.count("a lease is lost (\(loss))")
        case .ended:
            // It let go; it wants it again as a new candidate of the same process.
            let life = self.clients[client].life + 1
            self.clients[client].life = life
            self.clients[client].core = self.newCore(client, self.world.faults.contains(.sameHolderAlways) ? 0 : life)
            self.clients[client].leaseRequest = nil
            self.clients[client].wakeAt = .max
            self.feed(.begin, client)
        case .heldByAnother, .refused, .resigned: break
        }
    }

    /// Sees to it that the client is woken up in time.
    private func arm(_ client: Int) {
        var due = Int64.max
        if let wake = self.clients[client].core.nextWake { due = self.clients[client].real(wake) }
        if let request = self.clients[client].leaseRequest { due = min(due, request.deadline) }
        switch self.clients[client].edit {
        case .none: break
        case .thinking(let until, _, _, _): due = min(due, until)
        default: due = min(due, self.clients[client].editDeadline)
        }
        if self.clients[client].core.isHeld(at: self.clients[client].local(self.now)),
            case .none = self.clients[client].edit
        {
            due = min(due, self.now + 1 + self.pick(100_000))
        }
        guard due != .max else { return }
        due = max(due, self.now + 1)
        if due < self.clients[client].wakeAt || self.clients[client].wakeAt <= self.now {
            self.clients[client].wakeAt = due
            self.queue.add(.wake(client: client), at: due)
        }
    }

    func wake(_ client: Int) {
        if self.now < self.clients[client].pausedUntil { return }
        if self.clients[client].wakeAt <= self.now { self.clients[client].wakeAt = .max }
        if let request = self.clients[client].leaseRequest, request.deadline <= self.now {
            self.clients[client].leaseRequest = nil
            self.count("a lease's request times out")
            self.feed(.answered(request: request.number, .failed), client)
        }
        self.feed(.tick, client)
        if self.clients[client].editDeadline <= self.now, !self.isThinking(client) { self.clients[client].edit = .none }
        switch self.clients[client].edit {
        case .none: self.beginEdit(client)
        case .thinking(let until, let holder, let value, let condition) where until <= self.now:
            self.write(client, holder, value, condition)
        default: break
        }
        self.arm(client)
    }

    func arrive(_ answer: SimulatedStore.Answer, _ request: SimulatedRequest) {
        let client = request.client
        if self.now < self.clients[client].pausedUntil {
            self.queue.add(.toClient(request, answer), at: self.clients[client].pausedUntil)
            return
        }
        guard request.life == self.clients[client].life else { return }
        guard request.isOfLease else {
            self.edit(client, request.number, answer)
            self.arm(client)
            return
        }
        guard self.clients[client].leaseRequest?.number == request.number else { return }
        self.clients[client].leaseRequest = nil
        switch (request.kind, answer) {
        case (.acquire, .applied(let version)):
            self.feed(.answered(request: request.number, .granted(version)), client)
        case (.acquire, _): self.feed(.answered(request: request.number, .heldByAnother), client)
        default: self.feed(.answered(request: request.number, .released), client)
        }
    }

    // MARK: Edits: read, add one, write, guarded by the lease

    /// The token of the hold in which an edit began, if that hold still is.
    private func token(_ client: Int, _ holder: [UInt8]) -> StateStoreVersion? {
        let core = self.clients[client].core
        if core.holder != holder, !self.world.mixesHolds { return nil }
        return core.fencingToken(at: self.clients[client].local(self.now))
    }

    private func sendEdit(_ client: Int, _ kind: SimulatedRequest.Kind) -> UInt64 {
        self.clients[client].lastRequest += 1
        let number = self.clients[client].lastRequest
        let life = self.clients[client].life
        self.send(SimulatedRequest(client: client, life: life, number: number, kind: kind, isOfLease: false))
        return number
    }

    private func beginEdit(_ client: Int) {
        let holder = self.clients[client].core.holder
        guard self.token(client, holder) != nil else { return }
        self.clients[client].edit = .reading(self.sendEdit(client, .read), holder: holder)
        self.clients[client].editDeadline = self.now + 1_000_000
        self.count("an edit begins")
    }

    private func edit(_ client: Int, _ number: UInt64, _ answer: SimulatedStore.Answer) {
        switch (self.clients[client].edit, answer) {
        case (.reading(number, let holder), .entry(let entry)): self.hasRead(client, holder, entry)
        case (.fencing(number, let holder, let entry), .applied):
            self.think(client, holder, entry.value, .none)
        case (.writing(number), .applied):
            self.clients[client].edit = .none
            self.count("an edit is applied")
        case (.writing(number), .fenced), (.fencing(number, _, _), .fenced):
            self.clients[client].edit = .none
            self.count("an edit is fenced")
            self.feed(.fenced, client)
        case (.writing(number), _), (.fencing(number, _, _), _):
            self.clients[client].edit = .none
            self.count("an edit finds another value")
        default: break
        }
    }

    private func hasRead(_ client: Int, _ holder: [UInt8], _ entry: SimulatedStore.Entry?) {
        guard let token = self.token(client, holder) else {
            self.clients[client].edit = .none
            return
        }
        if !self.world.keepsOrder {
            self.think(client, holder, entry?.value, .version(entry?.version))
        } else if let entry, self.world.fencesFirst {
            let same = SimulatedRequest.Write(
                value: entry.value,
                condition: .equal,
                token: self.world.isFenced ? token : nil
            )
            self.clients[client].edit = .fencing(self.sendEdit(client, .write(same)), holder: holder, entry)
        } else {
            self.think(client, holder, entry?.value, entry == nil ? .absent : .none)
        }
    }

    private func isThinking(_ client: Int) -> Bool {
        if case .thinking = self.clients[client].edit { true } else { false }
    }

    private func think(
        _ client: Int,
        _ holder: [UInt8],
        _ value: [UInt8]?,
        _ condition: SimulatedRequest.Condition
    ) {
        let time = self.happens(96) ? self.pick(20_000) : self.pick(9_000_000)
        self.clients[client].edit = .thinking(until: self.now + time, holder: holder, value: value, condition)
    }

    private func write(
        _ client: Int,
        _ holder: [UInt8],
        _ value: [UInt8]?,
        _ condition: SimulatedRequest.Condition
    ) {
        guard let token = self.token(client, holder) else {
            self.clients[client].edit = .none
            return
        }
        self.lastEdit += 1
        let next = Array("\((value.map(Self.number) ?? 0) + 1)".utf8)
        let write = SimulatedRequest.Write(
            value: next,
            condition: condition,
            token: self.world.isFenced ? token : nil,
            edit: self.lastEdit
        )
        if self.happens(5) {
            // The worst moment to be cut off: the check has passed, and the write is on its way.
            self.count("a write is held up on its way")
            self.clients[client].isCutOffUntil = self.now + 2_000_000 + self.pick(6_000_000)
        }
        self.clients[client].editDeadline = self.now + 1_000_000
        self.clients[client].edit = .writing(self.sendEdit(client, .write(write)))
    }
}
