import CoreMetrics
import CrashPoints
import MQTTClient
import NIOCore
import SQLiteCheckpoint
import StateStore
import StateStoreClient

extension StateLedger {
    /// A commit, and what belongs to it.
    struct Draft: Sendable {
        var request = CommitRequest(operations: [])
        var size = 0
        /// Which operation checks the incarnation of the store, and which it expects.
        var incarnation: (index: Int, expected: StoreIncarnation)?
        /// What each write makes of its key.
        var values: [(key: String, envelope: StateEnvelope?)] = []
        /// The keys whose versions are checked.
        var checked: [String] = []
    }

    /// Asks for a batch of keys; values that are together too large for one answer are asked for one by one.
    static func reading(_ known: [Known], _ port: any StatePort) async throws -> [StateStoreNewer] {
        do throws(StateStoreError) {
            return try await port.getNew(known.map { ($0.key, $0.version) })
        } catch {
            guard error.code == .quotaExceeded else { throw error }
        }
        var answers: [StateStoreNewer] = []
        for one in known { answers.append(try await port.get(one.key).map { .entry($0) } ?? .absent) }
        return answers
    }

    /// Sends a batch of commits.
    static func sending(_ commits: [CommitRequest], _ port: any StatePort) async throws -> [CommitOutcome] {
        CrashPoint.beforeSendCommit.reached()
        async let outcomes = port.commit(commits)
        // The task above hands the request to the client before anything can come back.
        await Task.yield()
        CrashPoint.afterSendCommit.reached()
        return try await outcomes
    }

    /// Writes the commit of a run.
    ///
    /// - Parameters:
    ///   - effects: What the run wants and saw.
    ///   - identifier: The delivery that it is about; `nil` for one at QoS 0.
    /// - Returns: The commit, or `nil` when the store was not looked at since the connection was made.
    func draft(_ effects: HandlerEffects, identifier: String?) -> Draft? {
        var draft = Draft()
        if let identifier { draft.add(.acknowledge(id: Array(identifier.utf8)), size: identifier.utf8.count) }
        if !effects.touched.isEmpty {
            guard let incarnation = attachment.incarnation else { return nil }
            draft.incarnation = (draft.request.operations.count, incarnation)
            draft.add(
                .check(key: Array(root.utf8), version: incarnation.version.stateVersion),
                size: root.utf8.count + 48
            )
        }
        for touch in effects.touched { add(touch, to: &draft) }
        for message in effects.published {
            draft.add(.publish(CommitMessage(message)), size: message.payload.readableBytes + message.topic.utf8.count)
        }
        return draft
    }

    private func add(_ touch: HandlerEffects.Touch, to draft: inout Draft) {
        let key = storeKey(touch.key).bytes
        draft.checked.append(touch.key)
        let condition = touch.seen.map { CommitCondition.version($0.stateVersion) } ?? .absent
        switch touch.write {
        case nil: draft.add(.check(key: key, version: touch.seen?.stateVersion), size: key.count + 48)
        case .remove where touch.seen == nil: draft.add(.check(key: key, version: nil), size: key.count)
        case .remove:
            draft.values.append((touch.key, nil))
            draft.add(.delete(key: key, condition: condition), size: key.count + 48)
        case .set(let content):
            var envelope = StateEnvelope(schema: content.schema, payload: content.payload)
            let lifetime = content.expiresIn.map(\.wholeMilliseconds)
            if let lifetime { envelope.expiresAt = time.wallMilliseconds + lifetime }
            draft.values.append((touch.key, envelope))
            let bytes = envelope.bytes
            draft.add(
                .set(key: key, value: bytes, condition: condition, lifetime: lifetime),
                size: key.count + bytes.count + 64
            )
        }
    }

    /// Makes a commit, once.
    ///
    /// - Parameter draft: The commit.
    /// - Returns: What came of it.
    func commit(_ draft: Draft) async -> SettleOutcome {
        let connection = cache.connection
        switch await commits.ask(draft.request, size: draft.size) {
        case .success(.committed(let version)):
            note(draft, StateStoreVersion(version), connection)
            metrics.committed.increment()
            return .done
        case .success(.refused(let refusal)): return refused(draft, refusal)
        case .failure(let failure):
            // It may have been done: what is known of these keys may be old.
            cache.doubt(draft.checked)
            switch failure {
            case .lost: return .lost
            case .cancelled: return .stopped
            case .failed(let error): return SettleOutcome(storeError: error)
            }
        }
    }

    private func note(_ draft: Draft, _ version: StateStoreVersion, _ connection: UInt64) {
        for (key, envelope) in draft.values {
            guard let envelope else {
                cache.put(key, .absent, connection: connection)
                checkpoint?.note(.forget(storeKey(key).bytes))
                continue
            }
            cache.put(key, StoredState(version: version, envelope: envelope), connection: connection)
            let entry = StateStoreEntry(value: envelope.bytes, version: version)
            checkpoint?.note(.put(CheckpointRow(storeKey(key), entry)))
        }
    }

    private func refused(_ draft: Draft, _ refusal: CommitRefusal) -> SettleOutcome {
        let error = WorkerError(.commitRefused, "the broker refused the commit (\(refusal.code)): \(refusal.text)")
        switch refusal.code {
        case .conflict, .fenced:
            metrics.conflicts.increment()
            cache.doubt(draft.checked)
            if let (index, expected) = draft.incarnation, index == refusal.index { lostIncarnation(expected) }
            return .again(error)
        case .gone:
            cache.doubt(draft.checked)
            return .gone
        case .quota: return .busy(error)
        case .invalid, .unauthorized: return .refused(error)
        }
    }
}

extension StateLedger.Draft {
    mutating func add(_ operation: CommitOperation, size: Int) {
        request.operations.append(operation)
        self.size += size + 32
    }
}

extension CommitMessage {
    /// Makes the operation of a message.
    ///
    /// - Parameter message: The message.
    fileprivate init(_ message: MQTTMessage) {
        self.init(topic: message.topic, payload: Array(message.payload.readableBytesView))
        qos = message.qos.rawValue
        retain = message.retain
        let properties = message.properties
        expiry = properties.expiry.map { UInt32(clamping: ($0.wholeMilliseconds + 999) / 1000) }
        contentType = properties.contentType
        payloadFormat = properties.payloadFormat?.rawValue
        responseTopic = properties.responseTopic
        correlationData = properties.correlationData
        userProperties = properties.userProperties.map { CommitUserProperty(name: $0.name, value: $0.value) }
    }
}

extension Duration {
    /// Milliseconds, a fraction counted as one.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
