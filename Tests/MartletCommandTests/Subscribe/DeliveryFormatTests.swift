import Testing

@testable import MartletCommand

@Suite("Delivery formats")
struct DeliveryFormatTests {
    @Test("Formats with unknown fields or escapes are refused", arguments: ["{none}", "{topic", "\\q", "a\\", "{}"])
    func refused(text: String) {
        #expect(DeliveryFormat(argument: text) == nil)
    }

    @Test(
        "Formats are read",
        arguments: ["", "{topic} {payload}", "{property:tenant}\\t{hex}\\\\", "plain", "{redelivered}{expiry}"]
    )
    func accepted(text: String) {
        #expect(DeliveryFormat(argument: text) != nil)
    }
}
