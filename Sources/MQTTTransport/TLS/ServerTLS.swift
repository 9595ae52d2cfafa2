import NIOSSL
import Synchronization

/// The TLS side of a listener: certificates that can be replaced while it listens.
///
/// A connection keeps what it began with; each new handshake takes what is current.
package final class ServerTLS: Sendable {
    private struct State {
        var context: NIOSSLContext
        var validUntil: Int
    }

    private let state: Mutex<State>

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - files: The files and rules.
    ///   - applicationProtocols: What is agreed to when a client offers it (ALPN), the best first.
    /// - Throws: ``TransportError`` that names the file that can not be used, and why.
    package init(_ files: ServerTLSFiles, applicationProtocols: [String]) throws(TransportError) {
        let chain = try CertificateFile.certificates(files.certificateChain)
        let key = try CertificateFile.privateKey(files.privateKey)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = files.isTLS13Only ? .tlsv13 : .tlsv12
        configuration.applicationProtocols = applicationProtocols
        switch files.clientCertificates {
        case .none: configuration.certificateVerification = .none
        case .optional: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        if files.clientCertificates != .none {
            guard let path = files.clientAuthorities else {
                throw TransportError(
                    .certificateFile,
                    "client certificates are asked for, and no authorities are named"
                )
            }
            configuration.trustRoots = .certificates(try CertificateFile.certificates(path))
            configuration.sendCANameList = true
        }
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TransportError(
                .certificateFile,
                "the private key \(files.privateKey) is not the one of the certificate \(files.certificateChain) (\(TLSFailure.summary(of: error)))",
                cause: error
            )
        }
        state = Mutex(State(context: context, validUntil: chain.first.map { Int($0.notValidAfter) } ?? 0))
    }

    /// What a handshake that begins now takes.
    var current: NIOSSLContext { state.withLock { $0.context } }

    /// Until when the server's certificate is valid, in seconds since 1970.
    package var validUntil: Int { state.withLock { $0.validUntil } }

    /// Takes over what another one has read.
    ///
    /// - Parameter other: Read from the new files.
    package func adopt(_ other: ServerTLS) {
        let new = other.state.withLock { $0 }
        state.withLock { $0 = new }
    }
}
