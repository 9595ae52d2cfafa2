import Testing

@testable import Martlet

@Suite("The values of settings")
struct SettingValueTests {
    @Test(
        "Times are a number and a unit",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("1.5s", .milliseconds(1500)),
            ("5m", .seconds(300)), ("1h", .seconds(3600)), ("1d", .seconds(86_400)), ("7", .seconds(7)), ("0", .zero),
        ]
    )
    func times(text: String, expected: Duration) {
        #expect(Duration(setting: text) == expected)
    }

    @Test(
        "Anything else is no time",
        arguments: ["", "s", "-1s", "1e9s", "0x10s", "inf", "nan", "1 s", "1w", "99999999999999d"]
    )
    func noTimes(text: String) {
        #expect(Duration(setting: text) == nil)
    }

    @Test("A time is written as it is read")
    func written() {
        for text in ["0s", "250ms", "1500ms", "30s", "5m", "1h", "1d", "90s"] {
            #expect(Duration(setting: text)?.settingText == text)
        }
    }

    @Test(
        "Brokers",
        arguments: [
            ("localhost", "localhost:1883"), ("10.0.0.1:1884", "10.0.0.1:1884"), ("mqtt://b:1885/", "b:1885"),
            ("[::1]:1886", "::1:1886"), ("[::1]", "::1:1883"), ("::1", "::1:1883"),
            ("unix:/run/m.sock", "unix:/run/m.sock"), ("unix:///run/m.sock", "unix:/run/m.sock"),
            ("mqtts://b", "mqtts://b:8883"),
            ("ws://b", "ws://b:80/mqtt"), ("wss://b:1/x?y", "wss://b:1/x?y"),
        ]
    )
    func brokers(text: String, expected: String) throws {
        #expect(try MQTTEndpoint.parse(setting: text).description == expected)
    }

    @Test(
        "Anything else is no broker",
        arguments: ["", ":1883", "b:0", "b:70000", "b:x", "unix:", "ftp://b", "mqtts://", "mqtt://u:p@b", "a/b"]
    )
    func noBrokers(text: String) {
        #expect(throws: WorkerError.self) { try MQTTEndpoint.parse(setting: text) }
    }

    @Test("The nearest word is suggested, if it is near")
    func suggestions() {
        let words = ["threads", "slots", "grace"]
        #expect(Suggestion.nearest(to: "thraeds", among: words) == "threads")
        #expect(Suggestion.nearest(to: "SLOTS", among: words) == "slots")
        #expect(Suggestion.nearest(to: "configuration", among: words) == nil)
        #expect(Suggestion.nearest(to: "x", among: []) == nil)
    }
}
