import Logging
import MQTTClient
import MartletTesting
import StateStoreClient
import Testing

@testable import MartletCommand

@Suite("Export and import", .timeLimit(.minutes(10)))
struct StateTransferTests {
    private static func withStore<Result: Sendable>(
        _ broker: TestBroker,
        _ body: @Sendable (StateStoreClient) async throws -> Result
    ) async throws -> Result {
        var configuration = MQTTClientConfiguration(endpoint: broker.endpoint, clientIdentifier: "transfer")
        configuration.userProperties = [MQTTUserProperty("martlet", "1")]
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await MQTTClient.withConnection(configuration, logger: logger) { client in
            try await body(StateStoreClient(client: client, logger: logger))
        }
    }

    /// Keys and values of all bytes, also those that would break a line.
    private static let entries: [StateStoreKey: [UInt8]] = {
        var entries: [StateStoreKey: [UInt8]] = [:]
        for byte in 0...255 {
            entries[StateStoreKey([UInt8(ascii: "x"), UInt8(byte), 10, 0])] = [UInt8](
                repeating: UInt8(byte),
                count: byte
            )
        }
        return entries
    }()

    @Test func whatIsExportedIsImported() async throws {
        let lines = try await TestBroker.withBroker { broker in
            try await Self.withStore(broker) { store in
                for (key, value) in Self.entries { try await store.set(key, value) }
                try await store.set("other", [1])
                var lines: [String] = []
                let count = try await StateTransfer.export("x", from: store, progress: { _ in }) { lines.append($0) }
                #expect(count == 256)
                return lines
            }
        }
        #expect(lines.count == 258)
        #expect(!lines.contains { $0.contains("\n") })
        try await TestBroker.withBroker { broker in
            try await Self.withStore(broker) { store in
                for isSecond in [false, true] {
                    var rest = lines[...]
                    let load = try await StateTransfer.load(into: store, ifAbsent: true, progress: { _ in }) {
                        rest.popFirst().map { Array($0.utf8) }
                    }
                    #expect(load.written == (isSecond ? 0 : 256))
                    #expect(load.skipped == (isSecond ? 256 : 0))
                }
                var found: [StateStoreKey: [UInt8]] = [:]
                try await StateTransfer.forEach("", in: store, withValues: true) { item in
                    found[item.key] = item.value
                    return true
                }
                #expect(found == Self.entries)
            }
        }
    }

    private static func failure(_ lines: [String]) -> String? {
        var reader = StateExportReader()
        do {
            for line in lines { _ = try reader.read(Array(line.utf8)) }
            try reader.finish()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aDamagedExportIsRefusedByItsLine() {
        let key = #"{"key":"aw==","value":"dg=="}"#
        let header = StateExportLine.header
        #expect(Self.failure([header, key, StateExportLine.end(1)]) == nil)
        #expect(Self.failure([header, key])?.contains("cut off behind line 2") == true)
        #expect(Self.failure([header, StateExportLine.end(1)])?.contains("has 1 keys, and it has 0") == true)
        #expect(Self.failure([key])?.contains("line 1") == true)
        #expect(Self.failure([header, #"{"key":"a","value":""}"#])?.contains("line 2") == true)
        #expect(Self.failure([header, "{"])?.contains("line 2") == true)
        #expect(Self.failure([header, StateExportLine.end(0), key])?.contains("line 3") == true)
        #expect(Self.failure([#"{"format":"martlet-state","formatVersion":2}"#])?.contains("newer martlet") == true)
    }
}
