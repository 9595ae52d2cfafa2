package import BrokerAccess
import MQTTPackets
import NIOCore

/// Who a client is: asked of the shell, because the engine can neither wait nor look anything up (MQTT 5.0 §4.12).
extension BrokerEngine {
    /// What clients say to prove who they are, since the last call, each with its connection.
    ///
    /// Each is answered once, by ``authenticated(_:number:_:at:)``, whenever the outcome is known: at most one is open a connection. While
    /// a CONNECT waits, nothing more is taken from its connection: do not read from it. A connection that closes meanwhile, or whose
    /// deadline passes, needs no answer; one that comes all the same changes nothing.
    package mutating func takeAuthenticationRequests() -> [(ConnectionHandle, AuthenticationRequest)] {
        guard !authenticationRequests.isEmpty else { return [] }
        var taken: [(ConnectionHandle, AuthenticationRequest)] = []
        swap(&taken, &authenticationRequests)
        return taken
    }

    /// What became of a request.
    ///
    /// A CONNECT that is accepted is granted now, and only now takes over the session of its client identifier. After a challenge the
    /// client's AUTH is the next request. Call ``endTurn(at:)`` after it.
    ///
    /// - Parameters:
    ///   - handle: The connection of the request.
    ///   - number: The number of the request; an outcome for any other than the open one is passed over.
    ///   - outcome: What became of it.
    ///   - time: Now.
    /// - Returns: Whether the connection takes bytes again: present at once what was not taken of it, and read on.
    package mutating func authenticated(
        _ handle: ConnectionHandle,
        number: UInt64,
        _ outcome: AuthenticationOutcome,
        at time: EngineTime
    ) -> Bool {
        advance(to: time)
        let connection = Int(handle.index)
        guard connections[connection].awaitsOutcome, connections[connection].state != .closing,
            let exchange = exchanges[handle.index], exchange.number == number
        else { return false }
        connections[connection].awaitsOutcome = false
        switch outcome {
        case .challenge(let data):
            challenge(data, exchange, on: connection)
        case .accepted(let principal, let data):
            accept(principal, data, exchange, on: connection)
        case .refused(let reason, let text):
            noteAuthentication(exchange, on: connection, text)
            refuseAuthentication(connection, reason, nil)
        }
        return true
    }

    // MARK: What comes from the client

    /// A CONNECT of a client that has to prove who it is waits until that is known.
    mutating func park(_ connect: Connect, on connection: Int) {
        guard parkedConnects < limits.authentications else {
            rejectConnect(connection, .serverBusy, "too many clients are being authenticated")
            return
        }
        connections[connection].state = .authenticating
        var exchange = AuthenticationExchange(connect: connect, method: connect.properties.authenticationMethod)
        exchange.deadline = now.advanced(bySeconds: limits.authenticationDeadline)
        ask(
            AuthenticationRequest(
                step: .connect,
                clientIdentifier: connect.clientIdentifier,
                userName: connect.username,
                password: connect.password.map { Array($0.readableBytesView) },
                method: exchange.method,
                data: connect.properties.authenticationData.map { Array($0.readableBytesView) }
            ),
            exchange,
            on: connection
        )
    }

    private mutating func ask(
        _ request: AuthenticationRequest,
        _ exchange: AuthenticationExchange,
        on connection: Int
    ) {
        var (request, exchange) = (request, exchange)
        exchange.number = nextAuthenticationNumber
        request.number = nextAuthenticationNumber
        nextAuthenticationNumber += 1
        exchange.awaitsClient = false
        setExchange(exchange, of: connection)
        connections[connection].awaitsOutcome = true
        authenticationRequests.append((ConnectionHandle(Int32(connection)), request))
    }

    /// A packet of a client that was sent a challenge: AUTH or DISCONNECT, nothing else ([MQTT-3.1.2-30]).
    mutating func handleUnauthenticated(
        _ header: FixedHeader,
        _ bytes: Span<UInt8>,
        at offset: Int,
        on connection: Int
    ) {
        do throws(PacketError) {
            switch try decode(header, bytes, at: offset, version: connections[connection].version) {
            case .auth(let auth): try receiveAuth(auth, on: connection)
            case .disconnect: stopAnswering(connection)
            default:
                throw PacketError(reasonCode: .protocolError, message: "only AUTH or DISCONNECT before CONNACK")
            }
        } catch {
            rejectConnect(connection, error.reasonCode, error.message)
        }
    }

    /// AUTH from a client (MQTT 5.0 §3.15): the answer to a challenge, or a new proof on a live connection.
    mutating func receiveAuth(_ auth: Auth, on connection: Int) throws(PacketError) {
        guard var exchange = exchanges[Int32(connection)], let method = exchange.method else {
            throw PacketError(reasonCode: .protocolError, message: "AUTH without an authentication method in CONNECT")
        }
        guard auth.properties.authenticationMethod == method else {
            throw PacketError(reasonCode: .badAuthenticationMethod, message: "AUTH names another method than CONNECT")
        }
        let isLive = connections[connection].state == .connected
        var step = AuthenticationRequest.Step.continuation
        if auth.reasonCode == .reauthenticate {
            guard isLive, exchange.deadline == .never else {
                throw PacketError(reasonCode: .protocolError, message: "re-authentication while one is under way")
            }
            exchange.deadline = now.advanced(bySeconds: limits.authenticationDeadline)
            step = .reauthentication
        } else {
            guard exchange.awaitsClient else {
                throw PacketError(reasonCode: .protocolError, message: "AUTH that answers no challenge")
            }
            if isLive { step = .reauthentication }
        }
        ask(
            AuthenticationRequest(
                step: step,
                clientIdentifier: clientIdentifier(of: connection, exchange),
                userName: exchange.connect?.username ?? principal(of: connection)?.userName,
                method: method,
                data: auth.properties.authenticationData.map { Array($0.readableBytesView) }
            ),
            exchange,
            on: connection
        )
    }

    private func clientIdentifier(of connection: Int, _ exchange: AuthenticationExchange) -> String {
        let session = connections[connection].session
        if session >= 0 { return String(decoding: sessions[Int(session)].clientIdentifier, as: UTF8.self) }
        return exchange.connect?.clientIdentifier ?? ""
    }

    // MARK: What became of it

    private mutating func challenge(_ data: [UInt8], _ exchange: AuthenticationExchange, on connection: Int) {
        guard let method = exchange.method else {
            // Nobody asked for enhanced authentication ([MQTT-4.12.0-6]): the fault of the authenticator.
            noteAuthentication(exchange, on: connection, "a challenge for a client without an authentication method")
            refuseAuthentication(connection, .notAuthorized, nil)
            return
        }
        var exchange = exchange
        exchange.awaitsClient = true
        setExchange(exchange, of: connection)
        sendAuth(.continueAuthentication, method, data, on: connection)
    }

    private mutating func accept(
        _ principal: Principal,
        _ data: [UInt8]?,
        _ exchange: AuthenticationExchange,
        on connection: Int
    ) {
        var exchange = exchange
        exchange.deadline = .never
        let connect = exchange.connect
        exchange.connect = nil
        // Only who named a method may prove again who it is.
        setExchange(exchange.method == nil ? nil : exchange, of: connection)
        if let connect {
            admit(connect, principal, on: connection, proof: exchange.method.map { ($0, data) })
            return
        }
        guard let method = exchange.method, proveAgain(principal, on: connection) else { return }
        sendAuth(.success, method, data, on: connection)
    }

    /// A client proved again who it is: the rules for it are looked at again.
    ///
    /// - Returns: Whether it goes on.
    private mutating func proveAgain(_ principal: Principal, on connection: Int) -> Bool {
        let session = connections[connection].session
        var principal = principal
        principal.clientIdentifier = String(decoding: sessions[Int(session)].clientIdentifier, as: UTF8.self)
        if principal.userName != self.principal(of: connection)?.userName {
            noteRefusal(.authenticate, on: connection, detail: "re-authentication as another user")
            refuseAuthentication(connection, .notAuthorized, "re-authentication as another user")
            return false
        }
        remember(principal, of: session)
        return renewAccess(of: connection)
    }

    private mutating func sendAuth(_ reason: ReasonCode, _ method: String, _ data: [UInt8]?, on connection: Int) {
        var auth = Auth(reasonCode: reason)
        auth.properties.authenticationMethod = method
        auth.properties.authenticationData = data.map { ByteBuffer(bytes: $0) }
        answer(.auth(auth), on: connection, after: 0)
    }

    /// CONNACK or DISCONNECT with the reason, whichever the connection is at, and its end.
    ///
    /// - Parameters:
    ///   - connection: The connection.
    ///   - reason: Why; 0x87 where the packet may not say it.
    ///   - message: What the client may read.
    mutating func refuseAuthentication(_ connection: Int, _ reason: ReasonCode, _ message: String?) {
        guard connections[connection].state == .connected else {
            rejectConnect(connection, reason.isAllowed(in: .connack) ? reason : .notAuthorized, message)
            return
        }
        let isAllowed = reason.isAllowed(in: .disconnect, direction: .toClient) && reason.isError
        disconnect(connection, isAllowed ? reason : .notAuthorized, message)
        leave(connection, isNormal: false)
    }

    /// Ends what takes too long.
    mutating func checkAuthentication(of connection: Int) {
        guard let exchange = exchanges[Int32(connection)], exchange.deadline <= now else { return }
        let isLate = connections[connection].awaitsOutcome
        connections[connection].awaitsOutcome = false
        let text = isLate ? "the authenticator did not answer in time" : "the client did not answer in time"
        noteAuthentication(exchange, on: connection, text)
        refuseAuthentication(connection, isLate ? .serverUnavailable : .notAuthorized, text)
    }

    private mutating func setExchange(_ exchange: AuthenticationExchange?, of connection: Int) {
        if exchanges[Int32(connection)]?.connect != nil { parkedConnects -= 1 }
        if exchange?.connect != nil { parkedConnects += 1 }
        exchanges[Int32(connection)] = exchange
    }

    /// A connection is gone, and what was being proven on it.
    mutating func forgetAuthentication(of connection: Int) {
        guard exchanges[Int32(connection)] != nil else { return }
        setExchange(nil, of: connection)
        guard connections[connection].awaitsOutcome else { return }
        connections[connection].awaitsOutcome = false
        authenticationRequests.removeAll { $0.0.index == Int32(connection) }
    }
}
