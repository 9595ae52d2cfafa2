import ArgumentParser
import DevelopmentCertificates

/// What the commands of certificates have in common.
struct CertificatesOptions: ParsableArguments {
    @Argument(help: "The folder of the files; made when it is missing.")
    var folder: String

    @Option(
        help: ArgumentHelp("How long certificates are good for (no longer than their authority).", valueName: "days")
    )
    var days = DevelopmentAuthority.certificateDays

    @Flag(help: "Print the paths of the files as one line of JSON.")
    var json = false

    func validate() throws {
        guard (1...DevelopmentAuthority.authorityDays).contains(days) else {
            throw ValidationError("--days is a number from 1 to \(DevelopmentAuthority.authorityDays)")
        }
    }

    /// The authority that is kept in a folder.
    func authority(in folder: String) throws -> DevelopmentAuthority {
        guard let authority = try CertificateFolder(folder).authority() else {
            throw CommandFailure(
                "there is no authority (ca.pem, ca.key) in \(folder); make one with 'martlet certs create'"
            )
        }
        return authority
    }

    /// Keeps what was made, and says where.
    func keep(_ certificates: [(name: String, certificate: IssuedCertificate)]) throws {
        let files = try CertificateFolder(folder).write(certificates)
        if json { Output.line(JSONLine.encode(files)) } else { for file in files { Output.line(file) } }
    }

    /// Does it, and says what was wrong.
    static func telling(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as CertificateError {
            throw CommandFailure(error.message)
        }
    }
}
