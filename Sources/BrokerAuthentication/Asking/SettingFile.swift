import Glibc

/// A file that a provider is set up by, read whole.
enum SettingFile {
    /// Bytes that such a file may have.
    static let maximumSize = 64 << 20

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - what: What it is, for the error.
    /// - Returns: What is in it.
    /// - Throws: What kept it from being read.
    static func read(_ path: String, _ what: String) throws(AuthenticationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, what) }
        defer { close(descriptor) }
        return try read(descriptor, path, what)
    }

    /// Reads an open file from where it stands.
    static func read(_ descriptor: CInt, _ path: String, _ what: String) throws(AuthenticationError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            // Safe because the pointer is used only within the call, for the count that goes with it.
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path, what)
            }
            bytes += chunk[..<count]
            guard bytes.count <= maximumSize else {
                throw AuthenticationError(.content, "\(path): \(what) has more than \(maximumSize) bytes")
            }
        }
    }

    /// Whether everybody on the machine may read a file.
    static func isReadableByAll(_ path: String) -> Bool {
        var information = stat()
        // Safe because the call only fills in the struct it is given.
        return stat(path, &information) == 0 && information.st_mode & S_IROTH != 0
    }

    /// What the last call failed with.
    static func failure(_ path: String, _ what: String) -> AuthenticationError {
        AuthenticationError(.file, "\(path): \(what) cannot be used: \(String(cString: strerror(errno)))")
    }
}
