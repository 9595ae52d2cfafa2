import ArgumentParser
import DevelopmentCertificates

/// `martlet certs server`: one more server's certificate.
struct CertificatesServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Make a certificate for a server, by an authority that is there."
    )

    @OptionGroup
    var options: CertificatesOptions

    @Option(help: ArgumentHelp("The folder of the authority (default: the same).", valueName: "folder"))
    var authority: String?

    @Option(
        name: .customLong("name"),
        help: ArgumentHelp("A host name or IP address of the server; may be repeated.", valueName: "name")
    )
    var names: [String]

    func run() throws {
        try CertificatesOptions.telling {
            let authority = try options.authority(in: authority ?? options.folder)
            try options.keep([("server", try authority.server(names: names, days: options.days))])
        }
    }
}
