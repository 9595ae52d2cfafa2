import Foundation
import PackagePlugin

/// Puts every file under `Templates/` into the target that uses this plugin, as the Swift source `EmbeddedTemplates.swift`.
///
/// The binary then carries its templates wherever it is copied to, and nothing generated is committed.
@main
struct EmbedTemplates: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let templates = context.package.directoryURL.appending(path: "Templates")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTemplates.swift")
        return [
            .buildCommand(
                displayName: "Embedding the templates",
                executable: try context.tool(named: "TemplateEmbedder").url,
                arguments: [templates.path(), output.path()],
                inputFiles: try files(under: templates),
                outputFiles: [output]
            )
        ]
    }

    private func files(under folder: URL) throws -> [URL] {
        let keys: Set<URLResourceKey> = [.isRegularFileKey]
        guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: Array(keys)) else {
            return []
        }
        var files: [URL] = []
        for case let file as URL in walk where try file.resourceValues(forKeys: keys).isRegularFile == true {
            files.append(file)
        }
        return files.sorted { $0.path() < $1.path() }
    }
}
