import Glibc
import NIOCore

extension SocketAddress {
    /// The bytes of the IP address in the order of the network: 4 or 16; an IPv4 address within IPv6 counts as IPv4.
    var networkBytes: [UInt8]? {
        guard let text = ipAddress else { return nil }
        let isIPv6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
        let isMapped = isIPv6 && bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
