/// One way by which a client proves who it is.
public enum BrokerAuthenticationProvider: Sendable, Hashable {
    /// Clients without user name and password are let in as nobody in particular.
    ///
    /// Where it is the only provider, user names and passwords are not looked at. It is refused for clients from beyond this machine unless `anywhere`
    /// is set.
    case anonymous(anywhere: Bool = false)
    /// User name and password are looked up in a file that `martlet passwd` writes.
    case passwordFile(BrokerPasswordFile)
    /// The verified certificate of the client is its proof.
    case certificate(BrokerCertificateIdentity)
    /// The password, or the data of enhanced authentication, is a signed token (JWT, RFC 7519).
    case token(BrokerTokenVerification)
    /// An HTTP server decides.
    case http(BrokerAuthenticationHook)
}
