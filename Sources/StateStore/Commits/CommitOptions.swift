/// Which options of a PUBLISH were seen: each but `UP` may stand once.
struct CommitOptions {
    private var seen: UInt8 = 0
    /// How many user properties were seen.
    var userProperties = 0

    private static let words = [
        RESPWord.qos, RESPWord.retain, RESPWord.expiry, RESPWord.type, RESPWord.format, RESPWord.response,
        RESPWord.correlat,
    ]

    /// Notes an option.
    ///
    /// - Parameter word: The option.
    /// - Returns: False if it is none, or was seen before.
    mutating func insert(_ word: UInt64) -> Bool {
        guard let index = Self.words.firstIndex(of: word) else { return false }
        let bit: UInt8 = 1 << UInt8(index)
        if seen & bit != 0 { return false }
        seen |= bit
        return true
    }
}
