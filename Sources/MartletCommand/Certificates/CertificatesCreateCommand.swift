import ArgumentParser
import DevelopmentCertificates

/// `martlet certs create`: an authority, a server's certificate and those of clients.
struct CertificatesCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an authority, a certificate for a server, and those for clients."
    )

    @OptionGroup
    var options: CertificatesOptions

    @Option(
        name: .customLong("name"),
        help: ArgumentHelp(
            "A host name or IP address of the server; may be repeated (default: localhost, 127.0.0.1, ::1).",
            valueName: "name"
        )
    )
    var names: [String] = []

    @Option(
        name: .customLong("client"),
        help: ArgumentHelp("A client to make a certificate for; may be repeated.", valueName: "name")
    )
    var clients: [String] = []

    func run() throws {
        try CertificatesOptions.telling {
            let authority = try DevelopmentAuthority()
            let names = names.isEmpty ? ["localhost", "127.0.0.1", "::1"] : names
            var certificates = [
                ("ca", authority.files), ("server", try authority.server(names: names, days: options.days)),
            ]
            for client in clients {
                certificates.append(
                    (try CertificateFolder.fileName(ofClient: client), try authority.client(client, days: options.days))
                )
            }
            try options.keep(certificates)
        }
    }
}
