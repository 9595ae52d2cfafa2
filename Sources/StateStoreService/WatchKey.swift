/// The keys under which the service keeps in its own store who watches what, so that a watch outlives the service.
///
/// `0x00 martlet/watch/` + the client identifier in hexadecimal digits + `/` + the key. No client may touch them.
enum WatchKey {
    /// What all of them begin with.
    static let prefix: [UInt8] = [0] + Array("martlet/".utf8)
    private static let watches = prefix + Array("watch/".utf8)
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The key of a watch.
    static func make(_ client: String, _ key: [UInt8]) -> [UInt8] {
        var bytes = watches
        for byte in client.utf8 {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        bytes.append(UInt8(ascii: "/"))
        return bytes + key
    }

    /// The watch of a key; nil if it is none.
    static func parse(_ bytes: [UInt8]) -> (client: String, key: [UInt8])? {
        guard bytes.starts(with: watches), let slash = bytes[watches.count...].firstIndex(of: UInt8(ascii: "/")) else {
            return nil
        }
        var client: [UInt8] = []
        for place in stride(from: watches.count, to: slash - 1, by: 2) {
            guard let high = digits.firstIndex(of: bytes[place]), let low = digits.firstIndex(of: bytes[place + 1])
            else { return nil }
            client.append(UInt8(high << 4 | low))
        }
        guard let text = String(validating: client, as: UTF8.self) else { return nil }
        return (text, Array(bytes[(slash + 1)...]))
    }
}
