import Foundation

/// A day as it was found in the state store.
struct StoredDay: Decodable, Equatable, Sendable {
    var count: Int
    var sum: Int
    var minimum: Int
    var maximum: Int
    /// How often each hour was counted.
    var hours: [Int]

    /// Reads what stands in the store: a head that the worker framework puts there, and a JSON document.
    ///
    /// The head is `8F 4D 01`, a byte of flags (1: eight bytes of expiry follow behind the next) and the schema, one byte here.
    /// Anything else is `nil`: it is not what the sample writes on a broker that commits.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 5, bytes[..<3] == [0x8F, 0x4D, 0x01], bytes[3] & ~1 == 0 else { return nil }
        let head = bytes[3] == 1 ? 13 : 5
        guard let day = try? JSONDecoder().decode(StoredDay.self, from: Data(bytes.dropFirst(head))) else { return nil }
        self = day
    }
}
