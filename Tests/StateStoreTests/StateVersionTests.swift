import StateStore
import Testing

@Suite("Versions")
struct StateVersionTests {
    @Test(
        "Texts are read padded, unpadded and with a fraction",
        arguments: [
            ("001696374425000:00001:StateStore", "001696374425000:00001:StateStore"),
            ("1696374425000:1:StateStore", "001696374425000:00001:StateStore"),
            ("1696374425000.75:1:n", "001696374425000:00001:n"),
            ("0:0:n", "000000000000000:00000:n"),
            ("1:123456:a-b", "000000000000001:123456:a-b"),
            ("9223372036854775807:18446744073709551615:n", "9223372036854775807:18446744073709551615:n"),
        ]
    )
    func read(text: String, written: String) {
        #expect(StateVersion(text)?.text == written)
    }

    @Test(
        "What is no version is not read as one",
        arguments: [
            "", ":", "::", "1:2", "1:2:", "1::n", ":2:n", "1:2:n:m", "-1:2:n", "1:-2:n", "+1:2:n", "1 :2:n", "1.:2:n",
            "x:2:n", "1:x:n", "9223372036854775808:0:n", "1:18446744073709551616:n", "1:99999999999999999999:n",
            String(repeating: "0", count: 600) + "1:2:n",
        ]
    )
    func refuse(text: String) {
        #expect(StateVersion(text) == nil)
    }

    @Test("Bytes that are no UTF-8 are no node")
    func notUTF8() {
        let bytes = Array("1:2:".utf8) + [0xFF]
        #expect(StateVersion(bytes.span, in: 0..<bytes.count) == nil)
    }

    @Test("The order is milliseconds, counter, node")
    func order() {
        let versions = ["1:0:a", "1:0:b", "1:1:a", "2:0:a"].compactMap { StateVersion($0) }
        #expect(versions.count == 4)
        #expect(versions.reversed().sorted() == versions)
    }
}
