import BrokerAccess
import BrokerAuthentication
import BrokerEngine
import Logging
import MQTTPackets
import MQTTTransport
import NIOCore

/// Who clients are, and what was refused to them.
extension BrokerShell {
    /// Takes what clients said of themselves to those who check it; called at the end of a turn.
    func takeAuthenticationRequests() {
        for (handle, request) in engine.takeAuthenticationRequests() {
            guard let connection = connections[Int(handle.index)] else { continue }
            // Nothing more is taken of a client that is not known yet; a live one goes on.
            if request.step != .reauthentication { connection.isHeld = true }
            let one = AuthenticationDesk.Case(handle: handle, request: request, peer: peer(of: connection))
            if !desk.add(one) {
                answer(handle, request.number, .refused(.serverBusy, "too many clients wait to be authenticated"), nil)
            }
        }
        if !desk.isIdle { checkNext() }
    }

    /// Lets as many be checked as may be at one time.
    private func checkNext() {
        while let one = desk.takeNext() {
            guard let authentication = connections[Int(one.handle.index)].flatMap(authentication) else {
                // The listener lost its authentication in a reload: then nobody is let in.
                let outcome = AuthenticationOutcome.refused(.serverUnavailable, "the listener has no authentication")
                _ = desk.ended(one.request.number, of: one.handle)
                answer(one.handle, one.request.number, outcome, nil)
                continue
            }
            // Safe because it is made on the loop, and only opened there.
            let here = NIOLoopBound(self, eventLoop: loop)
            let loop = loop
            authentication.begin()
            let task = Task {
                await authentication.authenticate(one.request, of: one.peer) { decision in
                    // Safe because the closure runs on the loop.
                    loop.execute { here.value.checked(one, decision) }
                }
            }
            desk.began(one.request.number, task)
        }
    }

    private func checked(_ one: AuthenticationDesk.Case, _ decision: AuthenticationDecision) {
        let isAwaited = desk.ended(one.request.number, of: one.handle)
        guard !isStopped else { return }
        if isAwaited {
            switch decision {
            case .decided(let outcome, let expiry): answer(one.handle, one.request.number, outcome, expiry)
            case .unknown:
                answer(one.handle, one.request.number, .refused(.badUserNameOrPassword, "nobody knows the client"), nil)
            }
        }
        checkNext()
    }

    private func answer(
        _ handle: ConnectionHandle,
        _ number: UInt64,
        _ outcome: AuthenticationOutcome,
        _ expiry: Int64?
    ) {
        let goesOn = engine.authenticated(handle, number: number, outcome, at: clock.now)
        scheduleTurn()
        guard goesOn, let connection = connections[Int(handle.index)] else { return }
        if case .accepted = outcome {
            proofEnds[handle.index] = expiry
            if let expiry { nextProofEnd = min(nextProofEnd, expiry) }
        }
        connection.isHeld = false
        connection.presentAgain()
        connection.resumeReading()
    }

    /// What is being proven on a connection that is gone needs no answer.
    func forgetAuthentication(of handle: ConnectionHandle) {
        desk.forget(handle)
        proofEnds[handle.index] = nil
    }

    // MARK: The end of a proof

    /// Ends the connections whose proof is over.
    func endOldProofs() {
        let now = clock.now.milliseconds
        guard nextProofEnd <= now else { return }
        nextProofEnd = .max
        for (index, end) in proofEnds {
            if end > now {
                nextProofEnd = min(nextProofEnd, end)
            } else {
                proofEnds[index] = nil
                engine.endProof(of: ConnectionHandle(index), at: clock.now)
            }
        }
    }

    // MARK: The audit log

    /// Writes down what the engine refused in this turn.
    func writeRefusals() {
        for refusal in engine.takeRefusals() {
            let index = Int(refusal.connection)
            let origin = connections.indices.contains(index) ? connections[index] : nil
            let peer = origin.map { self.peer(of: $0) }
            refusals.write(refusal, listener: peer?.listener, address: peer?.address, at: clock.now)
        }
    }

    // MARK: Rules

    /// Puts rules and ways of authentication in force, as one step.
    func setSecurity(_ security: BrokerSecurity) {
        authentications = security.authentications
        let limits = security.limits
        desk.maximumRunning = limits.concurrentChecks
        desk.maximumWaiting = limits.waitingClients
        refusals.setLimits(limits)
        guard !isStopped else { return }
        engine.setAccess(security.policy, at: clock.now)
        scheduleTurn()
    }
}
