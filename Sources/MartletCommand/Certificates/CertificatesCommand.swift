import ArgumentParser

/// `martlet certs`: a certification authority for development.
struct CertificatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "Make a certification authority and certificates for development.",
        discussion: """
            EXAMPLES:
              martlet certs create certs --client alice      # ca, server (localhost, 127.0.0.1, ::1) and client-alice in ./certs
              martlet certs create certs --name broker.example --name 10.0.0.7
              martlet certs server other --authority certs --name b2.example
              martlet certs client certs bob --unit sensors  # one more, by the authority that is there

            Each is a .pem file (the certificate) and a .key file (its private key, which its owner only can read). What is there is never written \
            over. The authority's key is not protected: trust ca.pem on machines of your own, for development, and nowhere else.

            EXIT CODES: 0 done, 1 it failed (nothing was written), 64 wrong usage.
            """,
        subcommands: [
            CertificatesCreateCommand.self, CertificatesServerCommand.self, CertificatesClientCommand.self,
        ]
    )
}
