import Glibc
import NIOSSL

/// Reads certificates and keys, and says what is wrong with a file.
enum CertificateFile {
    /// The certificates of a PEM file; at least one.
    ///
    /// - Throws: ``TransportError`` that names the file.
    static func certificates(_ path: String) throws(TransportError) -> [NIOSSLCertificate] {
        try checkReadable(path)
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw TransportError(.certificateFile, "\(path) holds no certificates in PEM", cause: error)
        }
        guard !certificates.isEmpty else {
            throw TransportError(.certificateFile, "\(path) holds no certificates in PEM")
        }
        return certificates
    }

    /// The private key of a PEM file.
    ///
    /// - Throws: ``TransportError`` that names the file.
    static func privateKey(_ path: String) throws(TransportError) -> NIOSSLPrivateKey {
        try checkReadable(path)
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem)
        } catch {
            throw TransportError(
                .certificateFile,
                "\(path) holds no private key in PEM (one with a passphrase can not be used)",
                cause: error
            )
        }
    }

    private static func checkReadable(_ path: String) throws(TransportError) {
        guard let file = fopen(path, "r") else {
            // Safe because the call gives a text that lives as long as the process.
            throw TransportError(.certificateFile, "\(path) can not be read: \(String(cString: strerror(errno)))")
        }
        fclose(file)
    }
}
