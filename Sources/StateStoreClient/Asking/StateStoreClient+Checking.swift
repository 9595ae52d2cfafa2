import MQTTClient
import StateStore

extension StateStoreClient {
    static let probeKey = Array("martlet/probe".utf8)

    static var unknownOutcome: StateStoreError {
        StateStoreError(.outcomeUnknown, "the connection was lost and the request sent again: it may have been applied")
    }

    static func check(_ key: StateStoreKey) throws(StateStoreError) {
        if key.bytes.isEmpty { throw StateStoreError(.invalidArgument, "the key is empty") }
        if key.bytes.count > Int(UInt16.max) {
            throw StateStoreError(.invalidArgument, "a key of \(key.bytes.count) bytes, where 65,535 are possible")
        }
    }

    /// Whether the broker confirmed the extension; `nil` while there is no connection.
    package var hasExtension: Bool? {
        self.client.connection.map { connection in
            connection.userProperties.contains { $0.name == StateStore.extensionProperty && $0.value == "1" }
        }
    }

    func needExtension(_ what: String) throws(StateStoreError) {
        if self.hasExtension != false { return }
        let hint = "it needs Martlet's broker, and the user property martlet=1 in the client's configuration"
        throw StateStoreError(.notSupported, "the broker offers no \(what): \(hint)")
    }

    func wire(_ condition: StateStoreCondition) throws(StateStoreError) -> StateCommand.Condition {
        switch condition {
        case .always: return .always
        case .absent: return .absent
        case .absentOrEqual: return .absentOrEqual
        case .version(let version):
            try self.needExtension("writing if the version is the expected one")
            return .version(version.stateVersion)
        }
    }

    static func lifetime(_ duration: Duration?) throws(StateStoreError) -> Int64? {
        guard let duration else { return nil }
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        let rest = attoseconds / 1_000_000_000_000_000
        let milliseconds = whole &+ rest &+ (attoseconds % 1_000_000_000_000_000 > 0 ? 1 : 0)
        guard !overflow, milliseconds > 0 else {
            throw StateStoreError(.invalidArgument, "a lifetime of \(duration) is not possible")
        }
        return milliseconds
    }

    static func deletion(_ answer: StateStoreAnswer) throws(StateStoreError) -> StateStoreDeleteOutcome {
        switch answer.value {
        case .integer(1): .deleted(answer.version)
        case .integer(0): .absent
        case .integer(-1), .null: .notDeleted(answer.version)
        default: throw answer.malformed
        }
    }
}

extension StateStoreCondition {
    /// Whether the answer to a second attempt means the same as to the first.
    var isRepeatable: Bool {
        switch self {
        case .always, .absentOrEqual: true
        case .absent, .version: false
        }
    }
}
