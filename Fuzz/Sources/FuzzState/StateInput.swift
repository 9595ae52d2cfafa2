import StateStore

/// An input of the fuzzer as the state store sees it: requests one after the other on one store, each behind two bytes with its length.
enum StateInput {
    private static let now: Int64 = 1_700_000_000_000

    /// What an input shows that must not be; nil if all holds.
    static func finding(_ bytes: [UInt8]) -> String? {
        var configuration = StateStoreConfiguration()
        configuration.bytes = 4_096
        configuration.keys = 16
        configuration.limits.answerBytes = 4_096
        var store = StateStore(configuration: configuration)
        var offset = 0
        var time = now
        while bytes.count - offset >= 2 {
            let length = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
            let request = offset + 2..<min(bytes.count, offset + 2 + length)
            time += Int64(length % 7)
            if let finding = execute(bytes, request, time, &store) { return finding }
            _ = store.expire(now: time, limit: 2)
            offset = request.upperBound
        }
        return commits(bytes) ?? answers(bytes)
    }

    private static func execute(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ now: Int64,
        _ store: inout StateStore
    ) -> String? {
        var envelope = StateEnvelope()
        envelope.timestamp = StateInstant(milliseconds: now)
        let span = bytes.span
        guard let request = try? StateRequest.parse(span, in: range, envelope: envelope, offersExtension: true) else {
            return nil
        }
        var out: [UInt8] = []
        switch request {
        case .write(let write):
            let before = store.clock.last
            var tally = StateTally()
            if let refusal = store.check(write, in: span, now: now, tally: &tally) {
                _ = StateAnswer.append(refusal, to: &out)
                break
            }
            guard let version = try? store.nextVersion(now: now, seeing: envelope.timestamp) else {
                return "no version"
            }
            let change = store.apply(write, in: span, version: version, now: now)
            StateAnswer.append(change, to: &out)
            if version.instant <= before { return "a version is not later than the last" }
            if let handle = change.handle, store.value(of: handle) != Array(bytes[write.value]) {
                return "a value is not what was set"
            }
            if write.action == .delete, store.find(span.extracting(write.key), now: now) != nil { return "a key stays" }
        case .get, .getMany, .getNew, .scan: _ = store.answer(request, in: span, now: now, to: &out)
        case .watch(let key): try? store.watch(span.extracting(key), client: StateClient(1))
        case .unwatch(let key): _ = store.unwatch(span.extracting(key), client: StateClient(1))
        case .watchPrefix(let key): try? store.watchPrefix(span.extracting(key), client: StateClient(1))
        case .unwatchPrefix(let key): _ = store.unwatchPrefix(span.extracting(key), client: StateClient(1))
        }
        if store.storedBytes > store.configuration.bytes || store.count > 16 { return "past the quota" }
        if !out.isEmpty, (try? RESPValue.parse(out.span)) == nil { return "an answer cannot be read" }
        return nil
    }

    private static func commits(_ bytes: [UInt8]) -> String? {
        let span = bytes.span
        guard var reader = try? CommitReader(span, in: 0..<bytes.count) else { return nil }
        var commits = 0
        while let count = reader.nextCommit(span) {
            commits += 1
            for _ in 0..<count {
                guard case .publish(let publish) = reader.nextOperation(span) else { continue }
                var properties: [UInt8] = []
                publish.appendProperties(span, to: &properties)
            }
        }
        return commits == reader.count ? nil : "commits are missing"
    }

    private static func answers(_ bytes: [UInt8]) -> String? {
        let span = bytes.span
        _ = StateNotification.parse(span)
        _ = StateChanges.parse(span)
        _ = try? CommitOutcome.parse(span)
        if let value = try? RESPValue.parse(span) {
            _ = StatePage(value)
            _ = StateLookup.all(value)
        }
        guard let version = StateVersion(span, in: 0..<bytes.count) else { return nil }
        return StateVersion(version.text) == version ? nil : "a version is not read as it is written"
    }

    /// Requests of every kind, and commits.
    static var seeds: [[UInt8]] {
        let (key, value) = (Array("k".utf8), Array("v".utf8))
        let version = StateVersion(milliseconds: now, counter: 1, node: "StateStore")
        let commands: [StateCommand] = [
            .set(key: key, value: value, condition: .absentOrEqual, lifetime: 5), .get(key: key),
            .set(key: key, value: value, condition: .version(version)), .deleteIfEqual(key: key, value: value),
            .watch(key: key), .getMany(keys: [key, value]), .getNew([StateKnown(key: key, version: version)]),
            .scan(prefix: key, count: 3, wantsValues: true, since: version), .watchPrefix(key), .delete(key: key),
        ]
        let requests = commands.map { command -> [UInt8] in
            let payload = command.payload
            return [UInt8(payload.count >> 8), UInt8(payload.count & 255)] + payload
        }
        var message = CommitMessage(topic: "t", payload: value)
        message.contentType = "c"
        message.userProperties = [CommitUserProperty(name: "n", value: "v")]
        let commit = CommitRequest(operations: [
            .acknowledge(id: key), .set(key: key, value: value, condition: .absent, token: version), .publish(message),
        ])
        return requests + [
            requests.flatMap { $0 }, CommitRequest.payload(of: [commit, commit]), Array(version.text.utf8),
        ]
    }
}
