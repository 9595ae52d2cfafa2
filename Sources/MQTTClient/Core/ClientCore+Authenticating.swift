import Logging
import MQTTPackets
import MQTTTransport
import NIOCore

/// Enhanced authentication (MQTT 5.0 §4.12).
extension ClientCore {
    /// Says CONNECT, with the beginning of a proof where there is one.
    func sayConnect(_ connection: ClientConnection) {
        var connect = self.configuration.connect(identifier: self.assignedClientIdentifier, again: self.hasSession)
        if let authentication = self.configuration.authentication {
            guard let data = self.respond(to: .begin, authentication, connection) else { return }
            connect.properties.authenticationMethod = authentication.method
            connect.properties.authenticationData = data.bytes.map { ByteBuffer(bytes: $0) }
        }
        self.write(.connect(connect))
        self.flush(connection)
    }

    /// AUTH from the server, before CONNACK or after it.
    func authenticate(_ auth: Auth, _ connection: ClientConnection) {
        guard let authentication = self.configuration.authentication else {
            self.violated(connection, .protocolError, "AUTH came, though CONNECT named no method")
            return
        }
        guard auth.properties.authenticationMethod == authentication.method else {
            self.violated(connection, .protocolError, "AUTH names another method than CONNECT")
            return
        }
        let data = auth.properties.authenticationData.map { Array($0.readableBytesView) } ?? []
        let isConnected = if case .connected = self.phase { true } else { false }
        if auth.reasonCode == .continueAuthentication, !isConnected || self.isProvingAgain {
            guard let answer = self.respond(to: .challenge(data), authentication, connection) else { return }
            self.sendAuth(.continueAuthentication, authentication, answer.bytes, connection)
        } else if auth.reasonCode == .success, isConnected, self.isProvingAgain {
            self.isProvingAgain = false
            guard self.respond(to: .accepted(data), authentication, connection) != nil else { return }
            self.logger.info("authenticated again")
        } else {
            self.violated(connection, .protocolError, "AUTH came, though nothing was being proven")
        }
    }

    /// Whether CONNACK ends the proof as it must: with the method of CONNECT, and with a last word that the application believes.
    func isProven(_ connack: ConnAck, _ connection: ClientConnection) -> Bool {
        guard let authentication = self.configuration.authentication else { return true }
        guard connack.properties.authenticationMethod == authentication.method else {
            self.violated(connection, .protocolError, "CONNACK does not name the method of CONNECT")
            return false
        }
        let data = connack.properties.authenticationData.map { Array($0.readableBytesView) } ?? []
        return self.respond(to: .accepted(data), authentication, connection) != nil
    }

    /// Proves again who the client is, on the connection that there is.
    func proveAgain() {
        guard case .connected(let connection) = self.phase, let authentication = self.configuration.authentication,
            !self.isProvingAgain
        else { return }
        guard let data = self.respond(to: .begin, authentication, connection) else { return }
        self.isProvingAgain = true
        self.sendAuth(.reauthenticate, authentication, data.bytes, connection)
    }

    private func sendAuth(
        _ reason: ReasonCode,
        _ authentication: MQTTAuthentication,
        _ data: [UInt8]?,
        _ connection: ClientConnection
    ) {
        let properties = AuthProperties(
            authenticationMethod: authentication.method,
            authenticationData: data.map { ByteBuffer(bytes: $0) }
        )
        self.write(.auth(Auth(reasonCode: reason, properties: properties)))
        self.flush(connection)
    }

    /// What the application says to a step; nil when it threw, and the connection is over.
    private func respond(
        to step: MQTTAuthentication.Step,
        _ authentication: MQTTAuthentication,
        _ connection: ClientConnection
    ) -> (bytes: [UInt8]?, Void)? {
        do {
            return (try authentication.respond(step), ())
        } catch {
            let failure = MQTTClientError(.authenticationFailed, "the proof was given up", cause: error)
            if case .connected = self.phase {
                self.leave(connection, .unspecifiedError, ConnectionEnd(failure, isFatal: true))
            } else {
                self.connectionEnded(ConnectionEnd(failure, isFatal: true))
                connection.close()
            }
            return nil
        }
    }
}
