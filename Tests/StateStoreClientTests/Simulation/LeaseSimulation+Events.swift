import StateStoreClient

extension LeaseSimulation {
    func work(on event: Event) {
        switch event {
        case .toStore(let request): self.arrive(request)
        case .again(let client): self.sendAgain(client)
        case .toClient(let request, let answer): self.arrive(answer, request)
        case .wake(let client): self.wake(client)
        case .check: break
        case .chance: self.chance()
        }
    }

    /// Something happens to the world.
    private func chance() {
        var client = Int(self.pick(Int64(Self.clientCount - 1)))
        // Whoever holds the lease is the one whom it is worth to harm.
        if self.happens(60), let holder = self.clients.indices.first(where: self.isHeld) { client = holder }
        switch self.pick(9) {
        case 0...2:
            let until = self.now + self.pick(6_000_000)
            self.clients[client].pausedUntil = max(self.clients[client].pausedUntil, until)
            self.queue.add(.wake(client: client), at: until)
            self.note("client \(client) is stopped until \(until)")
            self.count("a process is stopped")
        case 3...5:
            self.clients[client].isCutOffUntil = self.now + self.pick(8_000_000)
            self.note("client \(client) is cut off until \(self.clients[client].isCutOffUntil)")
            self.count("a process is cut off")
        case 6: self.crash(client)
        case 7: self.restartStore()
        case 8:
            self.note("client \(client) lets go")
            self.count("a holder lets go")
            self.feed(.release, client)
        default:
            guard self.world.clockJumps else { break }
            self.storeJump += self.pick(8_000_000) - 4_000_000
            self.count("the store's clock jumps")
        }
        self.queue.add(.chance, at: self.now + self.pick(3_000_000))
    }

    private func isHeld(_ client: Int) -> Bool {
        self.clients[client].core.isHeld(at: self.clients[client].local(self.now))
    }

    private func crash(_ client: Int) {
        self.count("a process is killed")
        self.note("client \(client) is killed and starts again")
        let life = self.clients[client].life + 1
        self.clients[client].life = life
        self.clients[client].core = self.newCore(client, life)
        self.clients[client].leaseRequest = nil
        self.clients[client].edit = .none
        self.clients[client].wakeAt = .max
        self.feed(.begin, client)
    }

    private func restartStore() {
        self.count("the store is restarted")
        self.storeDownUntil = max(self.storeDownUntil, self.now + self.pick(2_000_000))
        if self.world.forgetsLeases { self.store.forgetLease() }
        self.note("the store is down until \(self.storeDownUntil)")
    }

    // MARK: The network

    func send(_ request: SimulatedRequest) {
        let client = request.client
        let isCutOff = self.now < self.clients[client].isCutOffUntil
        // A cut connection holds messages back (they are sent again) or loses them (the caller gave up).
        if isCutOff ? self.happens(25) : self.happens(2) {
            self.count("a request is lost")
            return
        }
        var arrival = max(self.now, isCutOff ? self.clients[client].isCutOffUntil : 0) + self.delay()
        if self.world.keepsOrder {
            arrival = max(arrival, self.clients[client].lastToStore + 1)
            self.clients[client].lastToStore = arrival
        }
        self.queue.add(.toStore(request), at: arrival)
        if self.happens(5) {
            self.count("a request is doubled")
            let again = arrival + 1 + self.delay()
            if self.world.keepsOrder { self.clients[client].lastToStore = again }
            self.queue.add(.toStore(request), at: again)
        }
    }

    private func delay() -> Int64 {
        if self.happens(97) { return 100 + self.pick(3_000) }
        if self.happens(90) { return self.pick(500_000) }
        return self.pick(self.world.keepsOrder ? 6_000_000 : 15_000_000)
    }

    private func arrive(_ request: SimulatedRequest) {
        let client = request.client
        if self.now < self.storeDownUntil {
            self.count("a request finds the store down")
            // The client sends it again when the store is back, or it is lost with the connection.
            guard self.happens(50) else { return }
            let again = self.storeDownUntil + self.pick(1_000)
            guard self.world.keepsOrder else {
                self.queue.add(.toStore(request), at: again)
                return
            }
            if self.clients[client].unsent.isEmpty { self.queue.add(.again(client: client), at: again) }
            self.clients[client].unsent.append(request)
        } else if self.clients[client].unsent.isEmpty {
            self.work(on: request)
        } else {
            // Behind those that are sent again first.
            self.clients[client].unsent.append(request)
        }
    }

    /// What found the store down comes again, in its order.
    private func sendAgain(_ client: Int) {
        if self.now < self.storeDownUntil {
            self.queue.add(.again(client: client), at: self.storeDownUntil + self.pick(1_000))
            return
        }
        let requests = self.clients[client].unsent
        self.clients[client].unsent = []
        for request in requests { self.work(on: request) }
    }

    private func work(on request: SimulatedRequest) {
        let answer = self.store.execute(request.kind, at: self.storeMilliseconds)
        self.note("store: \(request.client).\(request.life) \(request.kind) -> \(answer)")
        if case .write(let write) = request.kind, let edit = write.edit {
            if case .applied = answer { self.appliedEdits.insert(edit) }
            if case .fenced = answer { self.count("a late write is fenced") }
        }
        if case .acquire(_, let duration) = request.kind, case .applied = answer {
            // Look again when the store's lease ends, and around it.
            for slack in [-30_000, -1_000, 0, 1_000, 30_000] as [Int64] {
                self.queue.add(.check, at: self.now + duration * 1_000 + slack)
            }
        }
        self.reply(answer, request)
    }

    private func reply(_ answer: SimulatedStore.Answer, _ request: SimulatedRequest) {
        let client = request.client
        let isCutOff = self.now < self.clients[client].isCutOffUntil
        if isCutOff ? self.happens(70) : self.happens(2) {
            self.count("an answer is lost")
            return
        }
        var arrival = max(self.now, isCutOff ? self.clients[client].isCutOffUntil : 0) + self.delay()
        if self.world.keepsOrder {
            arrival = max(arrival, self.clients[client].lastToClient + 1)
            self.clients[client].lastToClient = arrival
        }
        self.queue.add(.toClient(request, answer), at: arrival)
    }
}
