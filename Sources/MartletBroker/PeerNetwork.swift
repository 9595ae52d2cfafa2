import NIOCore

/// Where a connection comes from, as far as one peer can choose it: an IPv4 address, or the /64 of an IPv6 address.
struct PeerNetwork: Hashable, Sendable {
    private let bits: UInt64
    private let isVersion4: Bool

    /// The network of an address; nil for what has none, such as a Unix socket.
    init?(_ address: SocketAddress) {
        var bytes: [UInt8]
        switch address {
        // Safe because the bytes are copied before the closure ends. Behind family and port lies the address; in an IPv6 one the flow first.
        case .v4(let four): bytes = withUnsafeBytes(of: four.address) { Array($0[4..<8]) }
        case .v6(let six): bytes = withUnsafeBytes(of: six.address) { Array($0[8..<24]) }
        case .unixDomainSocket: return nil
        }
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]
        if bytes.count == 16, bytes.starts(with: mapped) { bytes = Array(bytes.suffix(4)) }
        isVersion4 = bytes.count == 4
        bits = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
