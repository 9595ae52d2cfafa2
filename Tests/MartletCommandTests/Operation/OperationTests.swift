import Foundation
import Logging
import Synchronization
import Testing

@testable import MartletCommand

/// What stands beside a broker.
@Suite struct OperationTests {
    @Test(arguments: [
        ("9883", "127.0.0.1", 9_883), ("0.0.0.0:1", "0.0.0.0", 1), ("[::1]:0", "::1", 0),
        ("localhost:80", "localhost", 80),
    ]) func anAddressIsRead(text: String, host: String, port: Int) {
        let address = AdminAddress(argument: text)
        #expect(address?.host == host)
        #expect(address?.port == port)
    }

    @Test(arguments: ["", "x", ":1", "127.0.0.1", "127.0.0.1:65536", "h:-1"]) func whatIsNoneIsRefused(text: String) {
        #expect(AdminAddress(argument: text) == nil)
    }

    @Test func aLineOfTheLogIsOneObject() throws {
        let lines = Mutex<[String]>([])
        var handler = JSONLogHandler(label: "test") { line in lines.withLock { $0.append(line) } }
        handler.logLevel = .info
        handler.metadata = ["one": "1"]
        let logger = Logger(label: "test", factory: { _ in handler })
        logger.debug("not told")
        logger.warning("two\nlines \"quoted\"", metadata: ["list": ["a", "b"], "one": "2"])
        let all = lines.withLock { $0 }
        #expect(all.count == 1)
        #expect(!all[0].contains("\n"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(all[0].utf8)) as? [String: Any]
        )
        #expect(object["message"] as? String == "two\nlines \"quoted\"")
        #expect(object["level"] as? String == "warning")
        #expect(object["label"] as? String == "test")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["one"] as? String == "2")
        #expect(metadata["list"] as? [String] == ["a", "b"])
        let time = try #require(object["time"] as? String)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(try abs(style.parse(time).timeIntervalSinceNow) < 3_600)
    }
}
