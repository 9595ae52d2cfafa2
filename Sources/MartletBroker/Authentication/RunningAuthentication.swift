import BrokerAccess
import BrokerAuthentication
import BrokerEngine
import Synchronization

/// A chain of providers that is in use, with what it keeps open.
final class RunningAuthentication: Sendable {
    let configuration: BrokerAuthenticationConfiguration
    private let chain: AuthenticationChain
    private let hasher: PasswordHasher
    private let use = Mutex(Use())

    private struct Use {
        var count = 0
        /// Who waits for the last one to be done.
        var idle: CheckedContinuation<Void, Never>?
    }

    /// Reads the files that the providers need, and starts what they need.
    ///
    /// - Parameters:
    ///   - configuration: The chain.
    ///   - clock: The broker's time, by which proofs end.
    /// - Throws: ``BrokerError`` that says which provider cannot be used and why.
    init(_ configuration: BrokerAuthenticationConfiguration, clock: any BrokerClock) async throws(BrokerError) {
        self.configuration = configuration
        hasher = PasswordHasher(
            threads: configuration.limits.hashingThreads,
            maximumWaiting: configuration.limits.waitingPasswords
        )
        var providers: [any Authenticator] = []
        do throws(AuthenticationError) {
            for provider in configuration.providers {
                providers.append(
                    try await provider.authenticator(
                        isAlone: configuration.providers.count == 1,
                        hasher: hasher,
                        clock: WallClock { clock.now.milliseconds }
                    )
                )
            }
        } catch {
            await AuthenticationChain(providers).shutDown()
            await hasher.shutDown()
            throw BrokerError(.configuration, "authentication: \(error.message)", cause: error)
        }
        chain = AuthenticationChain(providers)
    }

    /// Somebody is about to be asked about: nothing is ended before ``authenticate(_:of:_:)`` is done.
    func begin() { use.withLock { $0.count += 1 } }

    /// Asks the providers who a client is; ``begin()`` was called before.
    ///
    /// - Parameters:
    ///   - request: What the client says of itself.
    ///   - peer: What is known of its connection.
    ///   - done: Called with what became of it.
    func authenticate(
        _ request: AuthenticationRequest,
        of peer: AuthenticationPeer,
        _ done: (AuthenticationDecision) -> Void
    ) async {
        done(await chain.authenticate(request, of: peer))
        let idle = use.withLock { use in
            use.count -= 1
            guard use.count == 0 else { return CheckedContinuation<Void, Never>?.none }
            defer { use.idle = nil }
            return use.idle
        }
        idle?.resume()
    }

    /// Ends what it keeps open, after those who were asked already were answered; what it is asked from now on is refused.
    ///
    /// That takes no longer than the slowest provider: hashing has a bounded queue, the hook a timeout.
    func shutDown() async {
        await withCheckedContinuation { continuation in
            let isIdle = use.withLock { use in
                if use.count > 0 { use.idle = continuation }
                return use.count == 0
            }
            if isIdle { continuation.resume() }
        }
        await chain.shutDown()
        await hasher.shutDown()
    }
}

extension BrokerAuthenticationConfiguration {
    /// Everything that is wrong with the chain, as far as it can be seen without asking anybody; files are read.
    func problems(clock: any BrokerClock) async -> [String] {
        do throws(BrokerError) {
            await (try RunningAuthentication(self, clock: clock)).shutDown()
            return []
        } catch {
            return [error.message]
        }
    }
}

extension BrokerAuthenticationProvider {
    /// What asks by these settings.
    fileprivate func authenticator(
        isAlone: Bool,
        hasher: PasswordHasher,
        clock: WallClock
    ) async throws(AuthenticationError) -> any Authenticator {
        switch self {
        case .anonymous(let anywhere):
            AnonymousAuthenticator(acceptsBeyondThisMachine: anywhere, acceptsCredentials: isAlone)
        case .passwordFile(let file):
            try PasswordFileAuthenticator(
                path: file.path,
                hasher: hasher,
                rememberedPasswords: file.rememberedPasswords,
                rememberedFor: file.rememberedFor,
                clock: clock
            )
        case .certificate(let identity): CertificateAuthenticator(name: identity.name.setting)
        case .token(let verification):
            try await TokenAuthenticator(
                keys: verification.keys.map(\.source),
                settings: verification.settings,
                clock: clock
            )
        case .http(let hook): try HookAuthenticator(hook.settings)
        }
    }
}

extension BrokerCertificateIdentity.Name {
    fileprivate var setting: CertificateAuthenticator.Name {
        switch self {
        case .commonName: .commonName
        case .dnsName: .dnsName
        case .emailAddress: .emailAddress
        case .uri: .uri
        }
    }
}

extension BrokerTokenVerification.Key {
    fileprivate var source: TokenKeySource {
        let kind: TokenKeySource.Kind =
            switch kind {
            case .secret: .secret
            case .publicKey: .publicKey
            case .keySet: .keySet
            }
        return TokenKeySource(kind, path: path, algorithm: algorithm, identifier: identifier)
    }
}

extension BrokerTokenVerification {
    fileprivate var settings: TokenAuthenticator.Settings {
        var settings = TokenAuthenticator.Settings()
        settings.issuers = Set(issuers)
        settings.audiences = Set(audiences)
        settings.userNameClaim = userNameClaim
        settings.groupsClaim = groupsClaim
        settings.attributeClaims = attributeClaims
        settings.requiresExpiry = requiresExpiry
        settings.leeway = leeway
        settings.endsConnections = endsConnections
        settings.method = method
        return settings
    }
}

extension BrokerAuthenticationHook {
    fileprivate var settings: HookAuthenticator.Settings {
        var settings = HookAuthenticator.Settings(url: url)
        settings.timeout = timeout
        settings.concurrentRequests = concurrentRequests
        settings.authorizationFile = authorizationFile
        settings.trustedAuthorities = trustedAuthorities
        settings.allowsPlainText = allowsPlainText
        return settings
    }
}
