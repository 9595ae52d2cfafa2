import BrokerEngine
import Logging
import MQTTTransport
import NIOCore

extension Broker {
    /// Takes over what a running broker can: rules of access, ways of authentication, certificates, the keys and rules of TLS, limits.
    ///
    /// All or nothing: everything new is read and checked first, and when anything is wrong, nothing changes. Who is
    /// connected keeps what its handshake agreed, and new connections get what is new; only what the rules do not allow any more ends at once. What
    /// can not change without a restart is named.
    ///
    /// - Parameter configuration: How the broker shall be set up.
    /// - Returns: What holds now, and what holds only after a restart.
    /// - Throws: ``BrokerError`` that names everything that is wrong, or when the broker does not run.
    @discardableResult
    public func reload(_ configuration: BrokerConfiguration) async throws -> BrokerReload {
        let problems = configuration.problems()
        guard problems.isEmpty else {
            logger.error("The new configuration is not taken; the old one holds", metadata: ["problems": "\(problems)"])
            throw BrokerError(.configuration, problems.joined(separator: "\n"))
        }
        guard let (shell, loop) = parts else { throw BrokerError(.stopped, "The broker does not run.") }
        var reload = BrokerReload()
        reload.needsRestart = configuration.changesForRestart(from: self.configuration)
        let listeners = self.listeners
        var renewed: [(open: OpenListener, tls: ServerTLS?, limits: BrokerListenerLimits)] = []
        for listener in configuration.effectiveListeners {
            guard let open = listeners.first(where: { $0.configuration.name == listener.name }) else { continue }
            let tls: ServerTLS?
            do throws(TransportError) {
                tls = open.tls == nil ? nil : try listener.makeTLS()
            } catch {
                throw BrokerError(.configuration, "listener '\(listener.name)': \(error.message)", cause: error)
            }
            renewed.append((open, tls, listener.limits))
            if tls != nil { reload.changed.append("listener '\(listener.name)': certificates") }
            reload.changed.append("listener '\(listener.name)': connections")
        }
        let security = try await makeSecurity(configuration, for: listeners)
        // Nothing below can fail.
        for one in renewed {
            if let tls = one.tls { one.open.tls?.adopt(tls) }
            one.open.setLimits(one.limits)
        }
        let limits = configuration.limits.applied(to: self.configuration.limits)
        // Safe because it runs on the loop of the shell.
        try await loop.submit {
            shell.value.setLimits(limits)
            shell.value.engine.setRedirection(configuration.redirection.map(Redirection.init))
            shell.value.setSecurity(security)
        }.get()
        await adopt(security: security)
        reload.changed += ["limits", "redirection", "authentication", "access"]
        let metadata: Logger.Metadata = [
            "changed": "\(reload.changed.joined(separator: ", "))",
            "needsRestart": "\(reload.needsRestart.joined(separator: ", "))",
        ]
        logger.log(
            level: reload.needsRestart.isEmpty ? .info : .warning,
            "The configuration was reloaded",
            metadata: metadata
        )
        return reload
    }
}

extension BrokerShell {
    /// Takes other limits from now on; what is past them stays.
    func setLimits(_ limits: BrokerLimits) {
        engine.setLimits(limits.engine)
        self.limits.journalReserve = UInt64(max(0, limits.journalReserveBytes))
    }
}
