import Glibc

/// A port of the loopback address that nobody uses at the moment.
enum FreePort {
    /// Lets the system choose a port.
    ///
    /// The broker of a run is started on one port again and again, so it cannot be left to each start.
    static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure("cannot make a socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Safe because the pointer is used within the calls only, and the length is that of the structure.
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isBound else { throw CommandFailure("no port of the loopback address is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
