import MartletBroker

/// The keys of authentication and of the rules.
extension BrokerFile {
    /// A chain of providers, asked in order.
    static var chain: FileValue<BrokerAuthenticationConfiguration> {
        FileValue<[BrokerAuthenticationProvider?]>.list(.section(provider) { nil })
            .map { BrokerAuthenticationConfiguration(providers: $0.compactMap { $0 }) }
    }

    private static var provider: FileSection<BrokerAuthenticationProvider?> {
        var section = FileSection<BrokerAuthenticationProvider?>()
        section.key("anonymous", "Clients without user name and password", .section(anonymous) { false }) {
            $0 = .anonymous(anywhere: $1)
        }
        section.key("passwordFile", "A file that martlet passwd writes", .section(passwordFile) { .init(path: "") }) {
            $0 = .passwordFile($1)
        }
        section.key("certificate", "The verified certificate of the client", .section(certificate) { .init() }) {
            $0 = .certificate($1)
        }
        section.key("token", "A signed token (JWT) as the password", .section(token) { .init(keys: []) }) {
            $0 = .token($1)
        }
        section.key("http", "An HTTP server that decides", .section(hook) { .init(url: "") }) { $0 = .http($1) }
        section.isUnion = true
        return section
    }

    private static var anonymous: FileSection<Bool> {
        var section = FileSection<Bool>()
        section.key("anywhere", "Also from beyond this machine", .toggle, \.self)
        return section
    }

    private static var passwordFile: FileSection<BrokerPasswordFile> {
        var section = FileSection<BrokerPasswordFile>()
        section.key("path", "Where the file is", .text, \.path, isRequired: true)
        section.key(
            "rememberedPasswords",
            "Passwords remembered as right",
            .integer(0...Int.max),
            \.rememberedPasswords
        )
        section.key("rememberedFor", "How long one is remembered", .duration, \.rememberedFor)
        return section
    }

    private static var certificate: FileSection<BrokerCertificateIdentity> {
        var section = FileSection<BrokerCertificateIdentity>()
        section.key("name", "What of the certificate is the user name (commonName)", .choice, \.name)
        return section
    }

    private static var token: FileSection<BrokerTokenVerification> {
        var section = FileSection<BrokerTokenVerification>()
        section.key(
            "keys",
            "The keys by which tokens may be signed",
            .list(.section(key) { .init(.keySet, path: "") }),
            \.keys,
            isRequired: true
        )
        section.key("issuers", "The issuers that are believed", .list(.text), \.issuers)
        section.key("audiences", "The audiences that are this broker", .list(.text), \.audiences)
        section.key("userNameClaim", "The claim that is the user name (sub)", .text, \.userNameClaim)
        section.key("groupsClaim", "The claim that lists the groups (groups)", .text, \.groupsClaim)
        section.key(
            "attributeClaims",
            "The claims that become attributes, by the attribute's name",
            .named(.text),
            \.attributeClaims
        )
        section.key("requiresExpiry", "Whether a token without exp is refused (true)", .toggle, \.requiresExpiry)
        section.key("leeway", "How far clocks may differ (30s)", .duration, \.leeway)
        section.key("endsConnections", "Whether a connection ends with its token (true)", .toggle, \.endsConnections)
        section.key("method", "The Authentication Method for tokens (OAUTH2-JWT)", .text, \.method)
        return section
    }

    private static var key: FileSection<BrokerTokenVerification.Key> {
        var section = FileSection<BrokerTokenVerification.Key>()
        section.key("kind", "What kind of key it is", .choice, \.kind, isRequired: true)
        section.key("path", "The file that holds it", .text, \.path, isRequired: true)
        section.key("algorithm", "The one algorithm for which it is used", .text, \.algorithm)
        section.key("identifier", "The kid of its tokens", .text, \.identifier)
        return section
    }

    private static var hook: FileSection<BrokerAuthenticationHook> {
        var section = FileSection<BrokerAuthenticationHook>()
        section.key("url", "Where it is", .text, \.url, isRequired: true)
        section.key("timeout", "How long an answer may take (5s)", .duration, \.timeout)
        section.key("concurrentRequests", "Requests at one time", .integer(1...Int.max), \.concurrentRequests)
        section.key("authorizationFile", "A file whose content is the header Authorization", .text, \.authorizationFile)
        section.key("trustedAuthorities", "The file of the authorities trusted for https", .text, \.trustedAuthorities)
        section.key(
            "allowPlainText",
            "Whether passwords may go by http to another machine",
            .toggle,
            \.allowsPlainText
        )
        return section
    }

    /// A rule of access.
    static var rule: FileSection<BrokerAccessRule> {
        var section = FileSection<BrokerAccessRule>()
        section.key("name", "What it is called in errors", .text, \.name)
        section.key("users", "The user names it is for", .list(.text), \.users)
        section.key("clients", "The client identifiers it is for", .list(.text), \.clients)
        section.key("groups", "The groups it is for", .list(.text), \.groups)
        section.key("attributes", "The values of attributes it is for", .named(.list(.text)), \.attributes)
        section.key("connect", "Whether they may connect", .toggle, \.connect)
        section.key("publish", "The topic filters they may publish to", .list(.text), \.publish)
        section.key("subscribe", "The topic filters they may subscribe to", .list(.text), \.subscribe)
        section.key("readState", "The keys of the state store they may read", .list(.text), \.readState)
        section.key("writeState", "The keys of the state store they may write", .list(.text), \.writeState)
        return section
    }
}
