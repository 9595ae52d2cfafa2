import Glibc

/// A folder of PEM files: `ca.pem` and `ca.key`, `server.pem` and `server.key`, `client-NAME.pem` and `client-NAME.key`.
///
/// Nothing that is there is ever written over. Keys can be read by their owner only.
package struct CertificateFolder: Sendable {
    /// Where it is.
    package let path: String

    /// Names a folder.
    ///
    /// - Parameter path: Where it is; made, for its owner only, when something is written into it.
    package init(_ path: String) {
        self.path = path
    }

    /// The name of a client's files, without what comes after the dot.
    ///
    /// - Parameter name: Who the client is.
    /// - Returns: The name.
    /// - Throws: ``CertificateError`` for a name that cannot be the name of a file.
    package static func fileName(ofClient name: String) throws -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            byte.isLetterOrDigit
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@")].contains(byte)
        }
        guard isPlain, !name.isEmpty else {
            throw CertificateError(.name, "'\(name)' cannot name a file: use letters, digits, '.', '-', '_' and '@'")
        }
        return "client-\(name)"
    }

    /// The authority that is kept here; nil where there is none.
    ///
    /// - Returns: The authority.
    /// - Throws: ``CertificateError`` where there is half of one, or something else.
    package func authority() throws -> DevelopmentAuthority? {
        let (certificate, key) = (file("ca.pem"), file("ca.key"))
        guard exists(certificate) || exists(key) else { return nil }
        return try DevelopmentAuthority(files: IssuedCertificate(certificate: read(certificate), key: read(key)))
    }

    /// Keeps certificates, all of them or none.
    ///
    /// - Parameter certificates: Each with the name of its files, without what comes after the dot.
    /// - Returns: The paths of the files that were written.
    /// - Throws: ``CertificateError`` when one of them is there already, or cannot be written.
    package func write(_ certificates: [(name: String, certificate: IssuedCertificate)]) throws -> [String] {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure(path) }
        var files: [(path: String, text: String, mode: mode_t)] = []
        for (name, certificate) in certificates {
            files.append((file("\(name).key"), certificate.key, 0o600))
            files.append((file("\(name).pem"), certificate.certificate, 0o644))
        }
        if let file = files.first(where: { exists($0.path) }) {
            throw CertificateError(
                .exists,
                "\(file.path) is there already, and is not written over; move it away first"
            )
        }
        var written: [String] = []
        do {
            for file in files {
                try write(file.text, to: file.path, mode: file.mode)
                written.append(file.path)
            }
        } catch {
            for path in written { unlink(path) }
            throw error
        }
        return written
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    private func exists(_ path: String) -> Bool {
        var information = stat()
        // Safe because the call only fills in the struct it is given; a dangling link is something, too.
        return lstat(path, &information) == 0
    }

    private func write(_ text: String, to path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // Safe because the pointer is used only within the call, for the count that goes with it.
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                let error = failure(path)
                unlink(path)
                throw error
            }
        }
    }

    private func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        // Safe because the pointer is used only within the call, for the count that goes with it.
        let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw failure(path) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private func failure(_ path: String) -> CertificateError {
        CertificateError(.file, "\(path): \(String(cString: strerror(errno)))")
    }
}

extension UInt8 {
    /// Whether the byte is an ASCII letter or digit.
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
