package import NIOCore

/// The networks whose machines may say, by the PROXY protocol, who a connection is from.
package struct ProxyNetworks: Sendable {
    private let networks: [Network]
    private let allowsUnixSockets: Bool

    private struct Network: Sendable {
        var bytes: [UInt8]
        var bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let whole = bits / 8
            guard address.prefix(whole) == bytes.prefix(whole) else { return false }
            let rest = bits % 8
            guard rest > 0 else { return true }
            let mask = UInt8.max << UInt8(8 - rest)
            return address[whole] & mask == bytes[whole] & mask
        }
    }

    /// Reads networks.
    ///
    /// - Parameter texts: Each `ADDRESS/BITS` of IPv4 or IPv6, an address alone, or `unix` for every peer of a Unix domain socket.
    /// - Throws: ``TransportError`` that names what is none of these.
    package init(_ texts: [String]) throws(TransportError) {
        var networks: [Network] = []
        for text in texts where text != "unix" {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count <= 2, let address = try? SocketAddress(ipAddress: parts[0], port: 0),
                let bytes = address.networkBytes,
                let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8, (0...bytes.count * 8).contains(bits)
            else {
                throw TransportError(
                    .address,
                    "'\(text)' is no network: give ADDRESS, ADDRESS/BITS such as 10.0.0.0/8, or unix"
                )
            }
            networks.append(Network(bytes: bytes, bits: bits))
        }
        self.networks = networks
        self.allowsUnixSockets = texts.contains("unix")
    }

    /// Whether the address lies in one of the networks.
    ///
    /// - Parameter address: An address; nil for that of a Unix domain socket.
    /// - Returns: Whether it does.
    package func contains(_ address: SocketAddress?) -> Bool {
        guard let bytes = address?.networkBytes else { return allowsUnixSockets }
        return networks.contains { $0.contains(bytes) }
    }
}
