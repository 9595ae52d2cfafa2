import Glibc

/// Makes the file of a Unix domain socket, and removes it.
package enum UnixSocketFile {
    /// Binds a socket to a path.
    ///
    /// A file that a dead listener left there is removed; one on which somebody listens, and one that is no socket, is left as it is.
    ///
    /// - Parameters:
    ///   - path: The path, shorter than 108 bytes.
    ///   - mode: The permissions of the file, from the first instant on.
    /// - Returns: The bound socket.
    /// - Throws: ``TransportError`` when the path can not be used.
    static func bind(_ path: String, mode: UInt16) throws(TransportError) -> CInt {
        let address = try address(path)
        try removeStale(path, address)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(path) }
        // Before binding: the file never has more than these permissions. Behind it, because binding took the mask of the process away.
        guard fchmod(descriptor, mode_t(mode)) == 0, call(address, { Glibc.bind(descriptor, $0, $1) }) == 0,
            chmod(path, mode_t(mode)) == 0
        else {
            let error = failure(path)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Removes the file of a listener that has ended, unless somebody else listens there already.
    ///
    /// - Parameter path: The path.
    package static func remove(_ path: String) {
        guard let address = try? address(path) else { return }
        try? removeStale(path, address)
    }

    private static func removeStale(_ path: String, _ address: sockaddr_un) throws(TransportError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(.address, "\(path) is there and no socket; it is left as it is")
        }
        let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw failure(path) }
        defer { close(probe) }
        let result = call(address) { connect(probe, $0, $1) }
        let reason = errno
        guard result != 0, reason == ECONNREFUSED else {
            throw TransportError(.address, "somebody listens on \(path) already")
        }
        guard unlink(path) == 0 else { throw failure(path) }
    }

    private static func address(_ path: String) throws(TransportError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else {
            throw TransportError(
                .address,
                "the path of a Unix socket has 1 to \(room - 1) bytes, and '\(path)' has \(bytes.count)"
            )
        }
        // Safe because the path was found to be shorter than the place it is copied to.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    // Safe because the pointers do not leave the closure.
    private static func call(_ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        // Safe because a `sockaddr_un` is what the system wants behind a pointer to `sockaddr` of this family and size.
        withUnsafePointer(to: address) {
            // Safe as above.
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    private static func failure(_ path: String) -> TransportError {
        // Safe because the call gives a text that lives as long as the process.
        TransportError(.address, "\(path) can not be listened on: \(String(cString: strerror(errno)))")
    }
}
