import Foundation
import Testing

@testable import MartletCommand

@Suite("The broker's file")
struct BrokerFileTests {
    private func read(_ text: String, _ suffix: String) throws -> BrokerFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)\(suffix)")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(text.utf8).write(to: path)
        return try BrokerFile(path: path.path())
    }

    private func failure(_ text: String, _ suffix: String = ".yaml") -> String {
        let error = #expect(throws: CommandFailure.self) { try read(text, suffix) }
        return error?.message ?? ""
    }

    @Test(
        "It is JSON or YAML",
        arguments: [
            (
                #"{"bind": "::1", "port": 18, "data": "d", "logLevel": "debug", "limits": {"sessions": 5, "connections": 4}}"#,
                ".json"
            ),
            ("bind: ::1\nport: 18\ndata: d\nlogLevel: debug\nlimits:\n  sessions: 5\n  connections: 4\n", ".yaml"),
        ]
    )
    func reads(text: String, suffix: String) throws {
        let file = try read(text, suffix)
        #expect(file.bind == "::1" && file.port == 18 && file.data == "d" && file.inMemory == nil)
        #expect(file.logLevel == .debug)
        #expect(file.limits.map(\.name) == ["connections", "sessions"])
        #expect(file.limits.map(\.value) == ["4", "5"])
    }

    @Test("What nobody knows, or is of another kind, is an error that says what was meant")
    func refuses() {
        #expect(failure("prot: 1\n").hasSuffix("there is no 'prot'; did you mean 'port'?"))
        #expect(failure("something: 1\n").contains("there are: bind, port, data, inMemory, logLevel, limits"))
        #expect(failure("port: 65536\n").hasSuffix("'port' is a number from 0 to 65535"))
        #expect(failure("inMemory: perhaps\n").hasSuffix("'inMemory' is true or false"))
        #expect(failure("logLevel: loud\n").contains("'logLevel' is one of "))
        #expect(failure("limits: 7\n").hasSuffix("'limits' is an object"))
        #expect(failure("limits: {sessions: many}\n").hasSuffix("the limit 'sessions' is a whole number"))
        #expect(failure("data: d\ninMemory: true\n").hasSuffix("either 'data' or 'inMemory'"))
        #expect(failure("{", ".json").contains("can not be read as JSON"))
    }
}
