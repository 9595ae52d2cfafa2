import Glibc

/// The bytes of an IP address.
struct IPAddressBytes {
    /// Four, or sixteen.
    let bytes: [UInt8]

    /// Reads an address; nil for what is none.
    init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            // Safe because the array has as many bytes as the call writes for the family.
            if bytes.withUnsafeMutableBytes({ inet_pton(family, text, $0.baseAddress) }) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }
}
