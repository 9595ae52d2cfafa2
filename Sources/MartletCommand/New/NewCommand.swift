import ArgumentParser
import Foundation

/// `martlet new`: a package from a template that the binary carries.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a service package that builds, tests and runs as it is.",
        discussion: """
            EXAMPLES:
              martlet new orders                       # ./orders, a worker
              martlet new orders --path ~/src/orders
              martlet new orders --martlet https://example.org/martlet.git@0.1.0

            The package stands on the checkout of Martlet that this binary was built from, unless --martlet names another.
            """
    )

    @Argument(help: "The name of the service: letters, digits and hyphens, a letter first.")
    var name: String

    @Option(help: ArgumentHelp("The template: \(Template.names.joined(separator: ", ")).", valueName: "name"))
    var template = "worker"

    @Option(help: "The folder to make (default: ./NAME). It must not exist, or be empty.")
    var path: String?

    @Option(
        help: ArgumentHelp(
            "Where the package finds Martlet: a folder, or a git address with @VERSION.",
            valueName: "folder or address"
        )
    )
    var martlet: String?

    @Flag(help: "Print the files that were written as one line of JSON.")
    var json = false

    func validate() throws {
        do {
            _ = try ProjectName(name)
            _ = try Template(named: template)
        } catch let error as CommandFailure {
            throw ValidationError(error.message)
        }
    }

    func run() throws {
        let project = try ProjectName(name)
        let source = try MartletSource(martlet)
        let folder = URL(fileURLWithPath: path ?? name)
        try refuseIfInUse(folder)
        let files = try Template(named: template).render(project: project, martlet: source)
        for file in files {
            let target = folder.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try file.text.write(to: target, atomically: true, encoding: .utf8)
        }
        report(files.map(\.path), in: folder)
    }

    private func refuseIfInUse(_ folder: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else { throw CommandFailure("\(folder.path) is a file") }
        guard try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty else {
            throw CommandFailure("\(folder.path) is not empty; name another folder with --path")
        }
    }

    private func report(_ files: [String], in folder: URL) {
        if json {
            let result = NewResult(name: name, template: template, path: folder.path, files: files)
            Output.line(JSONLine.encode(result))
            return
        }
        Output.line("Made \(folder.path):")
        for file in files { Output.line("  \(file)") }
        Output.line("Next: cd \(path ?? name) && swift test && swift run")
    }
}
