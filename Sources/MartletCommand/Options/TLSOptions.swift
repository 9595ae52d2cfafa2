import ArgumentParser
import MQTTClient

/// How a client subcommand protects its connection.
struct TLSOptions: ParsableArguments {
    @Flag(help: "Use TLS (mqtts:// and wss:// do by themselves).")
    var tls = false

    @Option(help: ArgumentHelp("Trust the authorities in this PEM file, not those of the machine.", valueName: "path"))
    var ca: String?

    @Option(help: ArgumentHelp("Show the certificate in this PEM file.", valueName: "path"))
    var cert: String?

    @Option(help: ArgumentHelp("The private key of the certificate, in PEM.", valueName: "path"))
    var key: String?

    @Option(
        help: ArgumentHelp("The name that the broker's certificate must have (default: the host).", valueName: "name")
    )
    var serverName: String?

    @Flag(help: "Do not verify the broker's certificate: whoever is in between reads everything.")
    var insecure = false

    /// Whether any of them asks for TLS.
    var isOn: Bool { tls || ca != nil || cert != nil || key != nil || serverName != nil || insecure }

    func validate() throws {
        guard (cert == nil) == (key == nil) else { throw ValidationError("--cert and --key belong together") }
    }

    /// Puts TLS into an endpoint, where it is asked for.
    ///
    /// - Throws: `ValidationError` when the endpoint's URL says that there is none.
    func apply(to endpoint: inout MQTTEndpoint) throws {
        guard isOn else { return }
        var settings = endpoint.tls ?? MQTTTLS()
        settings.trustedAuthorities = ca
        settings.certificateChain = cert
        settings.privateKey = key
        settings.serverName = serverName
        if insecure { settings.verification = .unverified }
        endpoint.tls = settings
    }
}
