import Foundation
import Testing

@testable import MartletCommand

/// `martlet certs` as people run it, judged by OpenSSL.
@Suite(.timeLimit(.minutes(10)), .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct CertificatesCommandTests {
    private static func certs(_ arguments: [String]) throws -> CommandRun {
        try CommandRun(["certs"] + arguments)
    }

    private static func openssl(_ arguments: [String]) throws -> CommandRun {
        try CommandRun(arguments, program: "/usr/bin/openssl")
    }

    @Test func opensslVerifiesWhatIsMade() throws {
        let folder = try CommandFolder()
        let certs = folder.file("certs")
        let created = try Self.certs(["create", certs, "--client", "alice", "--client", "b@example.org"])
        #expect(created.status == 0)
        #expect(
            created.output.split(separator: "\n").map(String.init)
                == ["ca", "server", "client-alice", "client-b@example.org"].flatMap { name in
                    ["key", "pem"].map { "\(certs)/\(name).\($0)" }
                }
        )
        let verify = ["verify", "-x509_strict", "-CAfile", "\(certs)/ca.pem"]
        for name in ["localhost"] {
            let host = try Self.openssl(
                verify + ["-purpose", "sslserver", "-verify_hostname", name, "\(certs)/server.pem"]
            )
            #expect(host.status == 0, "\(host.errors)")
        }
        for address in ["127.0.0.1", "::1"] {
            #expect(try Self.openssl(verify + ["-verify_ip", address, "\(certs)/server.pem"]).status == 0)
        }
        let client = try Self.openssl(verify + ["-purpose", "sslclient", "\(certs)/client-alice.pem"])
        #expect(client.status == 0, "\(client.errors)")
        // Neither is good for the other's purpose, nor for another host, nor to sign more.
        #expect(try Self.openssl(verify + ["-purpose", "sslclient", "\(certs)/server.pem"]).status != 0)
        #expect(try Self.openssl(verify + ["-purpose", "sslserver", "\(certs)/client-alice.pem"]).status != 0)
        #expect(try Self.openssl(verify + ["-verify_hostname", "evil.example", "\(certs)/server.pem"]).status != 0)
        #expect(
            try Self.openssl(["verify", "-CAfile", "\(certs)/server.pem", "\(certs)/client-alice.pem"]).status != 0
        )
        let subject = try Self.openssl(["x509", "-noout", "-subject", "-in", "\(certs)/client-alice.pem"])
        #expect(subject.output.contains("CN = alice"))
        for name in ["ca", "server", "client-alice"] {
            #expect(try folder.mode("certs/\(name).key") == 0o600)
            let key = try Self.openssl(["pkey", "-in", "\(certs)/\(name).key", "-pubout"])
            let certificate = try Self.openssl(["x509", "-in", "\(certs)/\(name).pem", "-noout", "-pubkey"])
            #expect(key.status == 0 && key.output == certificate.output)
        }
        #expect(try folder.mode("certs") == 0o700)
    }

    @Test func nothingIsWrittenOver() throws {
        let folder = try CommandFolder()
        let certs = folder.file("certs")
        #expect(try Self.certs(["create", certs]).status == 0)
        let before = try ["ca.pem", "ca.key", "server.pem", "server.key"].map { try folder.read("certs/\($0)") }
        let again = try Self.certs(["create", certs, "--client", "new"])
        #expect(again.status == 1 && again.errors.contains("is there already"))
        #expect(try Self.certs(["server", certs, "--name", "x"]).status == 1)
        #expect(try ["ca.pem", "ca.key", "server.pem", "server.key"].map { try folder.read("certs/\($0)") } == before)
        #expect(!FileManager.default.fileExists(atPath: "\(certs)/client-new.key"))
    }

    @Test func anAuthorityThatIsThereSignsMore() throws {
        let folder = try CommandFolder()
        let (certs, other) = (folder.file("certs"), folder.file("other"))
        #expect(try Self.certs(["create", certs]).status == 0)
        let client = try Self.certs(["client", certs, "bob", "--unit", "sensors", "--days", "7", "--json"])
        #expect(client.output == #"["\#(certs)/client-bob.key","\#(certs)/client-bob.pem"]"# + "\n")
        #expect(try Self.certs(["server", other, "--authority", certs, "--name", "b2.example"]).status == 0)
        for file in ["\(certs)/client-bob.pem", "\(other)/server.pem"] {
            #expect(try Self.openssl(["verify", "-x509_strict", "-CAfile", "\(certs)/ca.pem", file]).status == 0)
        }
        let inAWeek = try Self.openssl([
            "x509", "-noout", "-checkend", "\(8 * 86_400)", "-in", "\(certs)/client-bob.pem",
        ])
        #expect(inAWeek.status != 0)
        #expect(try Self.certs(["client", other, "bob"]).errors.contains("there is no authority"))
        for wrong in ["a/b", "", "../x", "a b"] { #expect(try Self.certs(["client", certs, wrong]).status != 0) }
        #expect(try Self.certs(["create", folder.file("x"), "--name", "not a host"]).status == 1)
        #expect(try Self.certs(["create", folder.file("x"), "--days", "0"]).status == 64)
    }
}
