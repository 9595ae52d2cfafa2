import Mustache

/// A template of a package: a folder of `Templates/`, carried in the binary.
///
/// Every file is rendered by Mustache, and so is its path; the ending `.mustache` is dropped.
struct Template {
    private let files: [(path: String, text: String)]

    /// The names that there are.
    static let names: [String] = Set(EmbeddedTemplates.files.compactMap { $0.path.split(separator: "/").first })
        .map(String.init).sorted()

    /// Finds the template.
    ///
    /// - Throws: `CommandFailure` for a name that there is not.
    init(named name: String) throws {
        guard Self.names.contains(name) else {
            throw CommandFailure("there is no template '\(name)'; there are: \(Self.names.joined(separator: ", "))")
        }
        self.files = EmbeddedTemplates.files.filter { $0.path.hasPrefix(name + "/") }
            .map { (String($0.path.dropFirst(name.count + 1)), $0.text) }
    }

    /// The files of the package, their paths relative to its folder.
    ///
    /// - Throws: What Mustache finds wrong with a file of the template.
    func render(project: ProjectName, martlet: MartletSource) throws -> [RenderedFile] {
        let values = [
            "name": project.name,
            "module": project.module,
            "martletDependency": martlet.dependency,
            "martletPackage": martlet.package,
        ]
        return try files.map { file in
            let ending = ".mustache"
            let path = file.path.hasSuffix(ending) ? String(file.path.dropLast(ending.count)) : file.path
            return RenderedFile(
                path: try MustacheTemplate(string: path).render(values),
                text: try MustacheTemplate(string: file.text).render(values)
            )
        }
    }
}
