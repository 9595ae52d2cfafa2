import BrokerAccess
import StateStore

/// Who may read and write keys of the state store.
extension BrokerEngine {
    /// The rules for whoever asks; nil where there are none.
    func access(of requester: Requester) -> ConnectionAccess? { access(ofSession: requester.session) }

    private func access(ofSession session: Int32) -> ConnectionAccess? {
        guard session >= 0, sessions[Int(session)].connection >= 0 else { return nil }
        return connections[Int(sessions[Int(session)].connection)].access
    }

    /// Whether a session may read a key, and so hear of it.
    @inline(__always)
    func mayHear(_ session: Int32, of key: Span<UInt8>) -> Bool {
        guard policy != nil, let access = access(ofSession: session) else { return true }
        return access.mayReadState(key)
    }

    /// Whether a request names only keys that the client may read or write.
    ///
    /// - Throws: ``StateError/notAuthorized``.
    mutating func checkAccess(
        _ request: StateRequest,
        _ bytes: Span<UInt8>,
        _ requester: Requester
    ) throws(StateError) {
        guard policy != nil, let access = access(of: requester) else { return }
        switch request {
        case .write(let write):
            guard access.mayWriteState(bytes.extracting(write.key)) else {
                throw refuseState(.writeState, bytes, write.key, requester)
            }
        case .get(let key), .watch(let key):
            guard access.mayReadState(bytes.extracting(key)) else {
                throw refuseState(.readState, bytes, key, requester)
            }
        case .getMany(let keys):
            if let key = keys.firstKey(in: bytes, stride: 1, thatFails: { access.mayReadState($0) }) {
                throw refuseState(.readState, bytes, key, requester)
            }
        case .getNew(let known):
            if let key = known.firstKey(in: bytes, stride: 2, thatFails: { access.mayReadState($0) }) {
                throw refuseState(.readState, bytes, key, requester)
            }
        // What a scan or a watch of a prefix shows is asked key by key.
        case .scan, .watchPrefix, .unwatch, .unwatchPrefix: return
        }
    }

    private mutating func refuseState(
        _ action: AccessRefusal.Action,
        _ bytes: Span<UInt8>,
        _ key: Range<Int>,
        _ requester: Requester
    ) -> StateError {
        noteRefusal(action, on: Int(sessions[Int(requester.session)].connection), bytes.extracting(key))
        return .notAuthorized
    }

    /// Whether an operation of a commit is allowed; the text of its refusal otherwise.
    mutating func refusal(of step: CommitStep, _ bytes: Span<UInt8>, _ requester: Requester) -> String? {
        guard policy != nil, let access = access(of: requester) else { return nil }
        let connection = Int(sessions[Int(requester.session)].connection)
        switch step {
        case .write(let write):
            if access.mayWriteState(bytes.extracting(write.key)) { return nil }
            noteRefusal(.writeState, on: connection, bytes.extracting(write.key))
            return "the rules do not allow this client to write the key"
        case .check(let key, _):
            if access.mayReadState(bytes.extracting(key)) { return nil }
            noteRefusal(.readState, on: connection, bytes.extracting(key))
            return "the rules do not allow this client to read the key"
        case .publish(let publish):
            if mayPublish(bytes.extracting(publish.topic), on: connection) { return nil }
            return "the rules do not allow this client to publish to the topic"
        case .invalid, .acknowledge, .retry: return nil
        }
    }

    /// Whether answers may go to a topic on behalf of a client: below its own name, or where it may publish itself.
    mutating func mayAnswer(to topic: Span<UInt8>, on connection: Int) -> Bool {
        guard connections[connection].isConfined else { return true }
        let client = sessions[Int(connections[connection].session)].clientIdentifier
        // A name with levels could stand within another's.
        if !client.contains(UInt8(ascii: "/")), Self.isBelow(topic, client) { return true }
        if let access = connections[connection].access, access.mayHaveAnswers(at: topic) { return true }
        return mayPublish(topic, on: connection)
    }

    private static let answersPrefix = Array("clients/".utf8)

    private static func isBelow(_ topic: Span<UInt8>, _ client: [UInt8]) -> Bool {
        let own = answersPrefix + client + [UInt8(ascii: "/")]
        guard topic.count > own.count else { return false }
        for index in own.indices where topic[index] != own[index] { return false }
        return true
    }
}
