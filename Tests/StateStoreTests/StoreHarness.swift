import StateStore

/// Does with a store what a broker does with the requests of one client, and gives the answers as clients see them.
struct StoreHarness: ~Copyable {
    var store: StateStore
    var now: Int64 = 1_700_000_000_000

    init(_ configure: (inout StateStoreConfiguration) -> Void = { _ in }) {
        var configuration = StateStoreConfiguration()
        configuration.seed = 0x5EED
        configure(&configuration)
        store = StateStore(configuration: configuration)
    }

    /// A request's payload is parsed, executed and answered.
    mutating func execute(_ payload: [UInt8], token: StateVersion? = nil, timestamp: Int64? = nil) -> StoreAnswer {
        var envelope = StateEnvelope()
        envelope.timestamp = StateInstant(milliseconds: timestamp ?? now)
        envelope.fencingToken = token
        var answer = StoreAnswer()
        do {
            let bytes = payload.span
            let request = try StateRequest.parse(
                bytes,
                in: 0..<bytes.count,
                envelope: envelope,
                offersExtension: true,
                limits: store.configuration.limits
            )
            if let error = store.check(timestamp: envelope.timestamp, now: now) { throw error }
            if case .write(let write) = request {
                var tally = StateTally()
                if let refusal = store.check(write, in: bytes, now: now, tally: &tally) {
                    answer.version = StateAnswer.append(refusal, to: &answer.payload)
                } else {
                    let version = try store.nextVersion(now: now, seeing: envelope.timestamp)
                    answer.version = version
                    let change = store.apply(write, in: bytes, version: version, now: now)
                    StateAnswer.append(change, to: &answer.payload)
                }
            } else {
                answer.version = store.answer(request, in: bytes, now: now, to: &answer.payload)
            }
        } catch let error as StateError {
            StateAnswer.append(error, to: &answer.payload)
        } catch {
            answer.payload = utf8("\(error)")
        }
        return answer
    }

    mutating func execute(_ command: StateCommand, token: StateVersion? = nil) -> StoreAnswer {
        execute(command.payload, token: token)
    }

    /// All pages of a SCAN.
    mutating func scan(_ prefix: String, count: Int, values: Bool = false, since: StateVersion? = nil) -> [StatePage] {
        var pages: [StatePage] = []
        var cursor: [UInt8] = []
        repeat {
            let command = StateCommand.scan(
                prefix: utf8(prefix),
                cursor: cursor,
                count: count,
                wantsValues: values,
                since: since
            )
            guard let value = try? RESPValue.parse(execute(command).payload.span), let page = StatePage(value) else {
                return []
            }
            pages.append(page)
            cursor = page.cursor
        } while !cursor.isEmpty
        return pages
    }
}

/// An answer: the payload and the version in `__ts`.
struct StoreAnswer: Equatable {
    var payload: [UInt8] = []
    var version: StateVersion?

    var text: String { String(decoding: payload, as: UTF8.self) }
}
