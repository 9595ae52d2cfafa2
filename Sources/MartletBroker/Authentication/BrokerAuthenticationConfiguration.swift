/// How the clients of a listener prove who they are.
///
/// ```swift
/// var authentication = BrokerAuthenticationConfiguration()
/// authentication.providers = [.certificate(BrokerCertificateIdentity()), .passwordFile(BrokerPasswordFile(path: "passwords"))]
/// ```
///
/// The providers are asked in order, and the first that knows the client decides: a wrong password is not tried on the next one. A client that none
/// knows is refused with 0x86 (bad user name or password).
public struct BrokerAuthenticationConfiguration: Sendable, Hashable {
    /// Who is asked, in this order; empty refuses everybody.
    public var providers: [BrokerAuthenticationProvider]
    /// The bounds of it.
    public var limits = BrokerAuthenticationLimits()

    /// Makes a chain.
    ///
    /// - Parameter providers: Who is asked, in this order.
    public init(providers: [BrokerAuthenticationProvider] = []) {
        self.providers = providers
    }
}
