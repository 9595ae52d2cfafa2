import NIOCore
import NIOSSL

/// The TLS side of a client.
package struct ClientTLS: Sendable, Hashable {
    /// How far the server's certificate is verified.
    package enum Verification: Sendable, Hashable {
        /// Its authority, its dates and its name.
        case full
        /// Its authority and its dates.
        case withoutName
        /// Not at all.
        case none
    }

    /// The path of the authorities that are trusted, in PEM; nil for those of the machine.
    package var trustedAuthorities: String?
    /// The path of the client's certificate and those between it and its authority, in PEM; nil for none.
    package var certificateChain: String?
    /// The path of the client's private key, in PEM.
    package var privateKey: String?
    /// The name that the server's certificate must have; nil for the host that is connected to.
    package var serverName: String?
    /// How far the server's certificate is verified.
    package var verification = Verification.full

    package init() {}

    /// Reads the files.
    ///
    /// - Parameter applicationProtocols: What is offered to the server (ALPN).
    /// - Returns: What handshakes take.
    /// - Throws: ``TransportError`` that names the file that can not be used, and why.
    func makeContext(applicationProtocols: [String]) throws(TransportError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = applicationProtocols
        switch verification {
        case .full: configuration.certificateVerification = .fullVerification
        case .withoutName: configuration.certificateVerification = .noHostnameVerification
        case .none: configuration.certificateVerification = .none
        }
        if let trustedAuthorities {
            configuration.trustRoots = .certificates(try CertificateFile.certificates(trustedAuthorities))
        }
        switch (certificateChain, privateKey) {
        case (let chain?, let key?):
            configuration.certificateChain = try CertificateFile.certificates(chain).map { .certificate($0) }
            configuration.privateKey = .privateKey(try CertificateFile.privateKey(key))
        case (nil, nil): break
        default:
            throw TransportError(
                .certificateFile,
                "a client certificate needs its private key, and a key its certificate"
            )
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TransportError(
                .certificateFile,
                "the private key \(privateKey ?? "") is not the one of the certificate \(certificateChain ?? "") (\(TLSFailure.summary(of: error)))",
                cause: error
            )
        }
    }

    /// The name to ask the server for and to look for in its certificate; nil for an address, which is compared as such.
    ///
    /// - Parameter host: The host that is connected to.
    /// - Returns: The name.
    func name(for host: String?) -> String? {
        guard let name = serverName ?? host, (try? SocketAddress(ipAddress: name, port: 0)) == nil else { return nil }
        return name
    }
}
