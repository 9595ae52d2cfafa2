import ArgumentParser
import Foundation
import Testing

@testable import MartletCommand

@Suite("New packages")
struct NewCommandTests {
    @Test(
        "Names give modules",
        arguments: [("orders", "Orders"), ("cold-orders", "ColdOrders"), ("a1-b2", "A1B2"), ("Orders", "Orders")]
    )
    func names(name: String, module: String) throws {
        #expect(try ProjectName(name).module == module)
    }

    @Test(
        "Names that cannot be are refused",
        arguments: [
            "", "1st", "-a", "a-", "a--b", "a_b", "a b", "über", "a/b", "martlet", "mqtt-client", "testing", "swift",
        ]
    )
    func refusedNames(name: String) {
        #expect(throws: CommandFailure.self) { try ProjectName(name) }
    }

    @Test("No module of the project and no type of a template may be the name of a package")
    func takenNames() throws {
        let sources = MartletSource.ownCheckout + "/Sources"
        var names = Set(try FileManager.default.contentsOfDirectory(atPath: sources))
        let pattern = /\b(?:struct|class|enum|protocol|actor) ([A-Z][A-Za-z]*)/
        for template in Template.names {
            let files = try Template(named: template).render(
                project: ProjectName("cold-orders"),
                martlet: MartletSource("https://example.org/else/martlet-fork.git@1.2.3")
            )
            for file in files where file.path.hasSuffix(".swift") {
                for match in file.text.matches(of: pattern) { names.insert(String(match.output.1)) }
            }
        }
        names.remove("ColdOrders")
        #expect(names.count > 20 && names.subtracting(ProjectName.taken) == [])
    }

    @Test("The binary carries the template of a worker")
    func embedded() {
        #expect(Template.names.contains("worker"))
    }

    @Test("Every template renders without a placeholder left over", arguments: Template.names)
    func renders(template: String) throws {
        let files = try Template(named: template).render(
            project: ProjectName("cold-orders"),
            martlet: MartletSource("https://example.org/else/martlet-fork.git@1.2.3")
        )
        #expect(files.contains { $0.path == "Package.swift" })
        for file in files {
            #expect(!(file.path + file.text).contains("{{"), "\(file.path)")
            #expect(!file.path.hasSuffix(".mustache"))
        }
        let manifest = try #require(files.first { $0.path == "Package.swift" }?.text)
        #expect(manifest.contains(#".package(url: "https://example.org/else/martlet-fork.git", from: "1.2.3")"#))
        #expect(manifest.contains(#"package: "martlet-fork""#))
    }

    @Test("Martlet is found in the checkout that the binary was built from")
    func ownCheckout() throws {
        let source = try MartletSource(nil)
        #expect(source.package == "martlet")
        #expect(source.dependency == ".package(name: \"martlet\", path: \"\(MartletSource.ownCheckout)\")")
    }

    @Test(
        "Martlet that is nowhere is refused",
        arguments: ["/nowhere/at-all", "https://example.org/martlet.git", "git@example.org:martlet"]
    )
    func nowhere(text: String) {
        #expect(throws: CommandFailure.self) { try MartletSource(text) }
    }

    @Test("A package is written, and never over another")
    func writes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-new-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let arguments = ["new", "orders", "--path", folder.path, "--json"]
        let command = try #require(try MartletCommand.parseAsRoot(arguments) as? NewCommand)
        try command.run()
        #expect(FileManager.default.fileExists(atPath: folder.path + "/Package.swift"))
        #expect(throws: CommandFailure.self) { try command.run() }
    }
}
