import ArgumentParser
import DevelopmentCertificates

/// `martlet certs client`: one more client's certificate.
struct CertificatesClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Make a certificate for a client, by an authority that is there."
    )

    @OptionGroup
    var options: CertificatesOptions

    @Argument(help: "Who the client is: the common name, which a broker can take for the user name.")
    var name: String

    @Option(help: ArgumentHelp("The folder of the authority (default: the same).", valueName: "folder"))
    var authority: String?

    @Option(help: ArgumentHelp("The organizational unit, an attribute that rules can ask for.", valueName: "text"))
    var unit: String?

    @Option(
        name: .customLong("alternative"),
        help: ArgumentHelp("A DNS name, e-mail address or URI beside the name; may be repeated.", valueName: "name")
    )
    var alternatives: [String] = []

    func run() throws {
        try CertificatesOptions.telling {
            let file = try CertificateFolder.fileName(ofClient: name)
            let authority = try options.authority(in: authority ?? options.folder)
            let certificate = try authority.client(
                name,
                organizationalUnit: unit,
                alternatives: alternatives,
                days: options.days
            )
            try options.keep([(file, certificate)])
        }
    }
}
