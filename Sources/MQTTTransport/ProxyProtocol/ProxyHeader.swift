import NIOCore

/// The header of the PROXY protocol, version 2, by which a proxy says who a connection is from.
struct ProxyHeader {
    /// What bounds a header.
    enum Limits {
        /// The bytes behind the fixed part: addresses and type-length-values.
        static let bytes = 4_096
    }

    /// Who the client is; nil where the proxy speaks for itself, such as to see that the broker is alive.
    var source: SocketAddress?

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let fixedBytes = 16

    /// Reads a header off the front of the bytes.
    ///
    /// - Parameter bytes: What came so far; the header is taken from it.
    /// - Returns: The header; nil while it is not whole.
    /// - Throws: ``TransportError`` when the bytes can not begin a header.
    static func read(from bytes: inout ByteBuffer) throws(TransportError) -> ProxyHeader? {
        let view = bytes.readableBytesView
        guard view.prefix(signature.count).elementsEqual(signature.prefix(view.count)) else {
            throw TransportError(.proxyProtocol, "the connection does not begin with a PROXY header of version 2")
        }
        guard view.count >= fixedBytes else { return nil }
        let head = Array(view.prefix(fixedBytes))
        let length = Int(head[14]) << 8 | Int(head[15])
        guard head[12] >> 4 == 2 else {
            throw TransportError(.proxyProtocol, "the PROXY header has version \(head[12] >> 4); only 2 is taken")
        }
        guard length <= Limits.bytes else {
            throw TransportError(
                .proxyProtocol,
                "the PROXY header has \(length) bytes; at most \(Limits.bytes) are taken"
            )
        }
        guard view.count >= fixedBytes + length else { return nil }
        let body = Array(view.dropFirst(fixedBytes).prefix(length))
        bytes.moveReaderIndex(forwardBy: fixedBytes + length)
        switch head[12] & 0x0F {
        case 0:
            // LOCAL: whatever stands behind is not looked at, as the protocol says.
            return ProxyHeader(source: nil)
        case 1: return ProxyHeader(source: try source(body, family: head[13]))
        default: throw TransportError(.proxyProtocol, "the PROXY header has the unknown command \(head[12] & 0x0F)")
        }
    }

    private static func source(_ body: [UInt8], family: UInt8) throws(TransportError) -> SocketAddress? {
        let addressBytes: Int
        switch family {
        case 0x00: addressBytes = 0
        case 0x11: addressBytes = 12
        case 0x21: addressBytes = 36
        case 0x31: addressBytes = 216
        default:
            throw TransportError(
                .proxyProtocol,
                "the PROXY header is not about a stream (family and protocol \(family))"
            )
        }
        guard body.count >= addressBytes else {
            throw TransportError(
                .proxyProtocol,
                "the PROXY header has \(body.count) bytes, and its addresses \(addressBytes)"
            )
        }
        // Of family UNSPEC the rest has no form.
        if family == 0x00 { return nil }
        try skipValues(body.dropFirst(addressBytes))
        switch family {
        case 0x11: return address(body[0..<4], port: body[8..<10])
        case 0x21: return address(body[0..<16], port: body[32..<34])
        default: return nil
        }
    }

    private static func address(_ bytes: ArraySlice<UInt8>, port: ArraySlice<UInt8>) -> SocketAddress? {
        let number = port.reduce(0) { $0 << 8 | Int($1) }
        return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: number)
    }

    /// Walks over the type-length-values: none of them is used, but all must lie within the header.
    private static func skipValues(_ bytes: ArraySlice<UInt8>) throws(TransportError) {
        var rest = bytes
        while !rest.isEmpty {
            let head = Array(rest.prefix(3))
            let length = head.count == 3 ? Int(head[1]) << 8 | Int(head[2]) : .max
            guard head.count == 3, rest.count - 3 >= length else {
                throw TransportError(.proxyProtocol, "a value of the PROXY header ends behind the header")
            }
            rest = rest.dropFirst(3 + length)
        }
    }
}
