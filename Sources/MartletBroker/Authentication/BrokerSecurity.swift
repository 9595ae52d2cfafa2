import BrokerAccess

/// The rules of a broker and the ways by which its clients prove who they are, read and ready.
struct BrokerSecurity: Sendable {
    /// The rules; nil for none.
    let policy: AccessPolicy?
    /// How clients of each listener prove who they are, in the order of the listeners; nil for not at all.
    let authentications: [RunningAuthentication?]
    /// How operators prove who they are; nil for not at all.
    let operators: RunningAuthentication?

    /// Reads everything, or nothing.
    ///
    /// - Parameters:
    ///   - access: The rules; nil for none.
    ///   - authentications: How clients of each listener prove who they are.
    ///   - operators: How operators prove who they are.
    ///   - clock: The broker's time.
    /// - Throws: ``BrokerError`` that says what is wrong; then nothing is kept open.
    init(
        access: [BrokerAccessRule]?,
        authentications: [BrokerAuthenticationConfiguration?],
        operators: BrokerAuthenticationConfiguration?,
        clock: any BrokerClock
    ) async throws(BrokerError) {
        policy = try Self.policy(access)
        // Those with the same settings share what they keep open.
        var running: [BrokerAuthenticationConfiguration: RunningAuthentication] = [:]
        for case .some(let configuration) in authentications + [operators] where running[configuration] == nil {
            do throws(BrokerError) {
                running[configuration] = try await RunningAuthentication(configuration, clock: clock)
            } catch {
                for one in running.values { await one.shutDown() }
                throw error
            }
        }
        self.authentications = authentications.map { $0.flatMap { running[$0] } }
        self.operators = operators.flatMap { running[$0] }
    }

    /// Compiles rules.
    ///
    /// - Parameter access: The rules; nil for none.
    /// - Returns: The policy; nil for none.
    /// - Throws: ``BrokerError`` that names the rule that is wrong.
    static func policy(_ access: [BrokerAccessRule]?) throws(BrokerError) -> AccessPolicy? {
        guard let access else { return nil }
        do throws(AccessRuleError) {
            return try AccessPolicy(access.map(\.rule))
        } catch {
            throw BrokerError(.configuration, "access: \(error.description)", cause: error)
        }
    }

    /// The widest bounds of all listeners.
    var limits: BrokerAuthenticationLimits {
        var limits = authentications.compactMap { $0?.configuration.limits }
        guard var widest = limits.popLast() else { return BrokerAuthenticationLimits() }
        for one in limits {
            widest.concurrentChecks = max(widest.concurrentChecks, one.concurrentChecks)
            widest.waitingClients = max(widest.waitingClients, one.waitingClients)
            widest.loggedRefusalsPerSecond = max(widest.loggedRefusalsPerSecond, one.loggedRefusalsPerSecond)
            widest.loggedRefusalsAtOnce = max(widest.loggedRefusalsAtOnce, one.loggedRefusalsAtOnce)
        }
        return widest
    }

    /// Ends what is kept open.
    func shutDown() async {
        var ended: [ObjectIdentifier] = []
        for case .some(let one) in authentications + [operators] where !ended.contains(ObjectIdentifier(one)) {
            ended.append(ObjectIdentifier(one))
            await one.shutDown()
        }
    }
}
