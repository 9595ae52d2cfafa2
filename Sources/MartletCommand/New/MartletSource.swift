import Foundation

/// Where a generated package finds Martlet.
struct MartletSource: Equatable {
    /// The element of the package's `dependencies`.
    let dependency: String
    /// The name by which its targets name the package.
    let package: String

    /// The checkout that this binary was built from, if it is still there.
    static let ownCheckout: String = {
        // #filePath is …/Sources/MartletCommand/New/MartletSource.swift.
        let parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        return parts.joined(separator: "/")
    }()

    /// Reads a folder, or a git address with `@VERSION` behind it; `nil` stands for the checkout that this binary was built from.
    ///
    /// - Throws: `CommandFailure` where there is no package.
    init(_ text: String?) throws {
        if let text, text.contains("://") || text.hasPrefix("git@") {
            guard let mark = text.lastIndex(of: "@"), mark > (text.lastIndex { "/:".contains($0) } ?? text.startIndex)
            else {
                throw CommandFailure(
                    "--martlet \(text) names no version: write ADDRESS@VERSION, as in …/martlet.git@0.1.0"
                )
            }
            let address = String(text[..<mark])
            let name = (address as NSString).lastPathComponent
            self.dependency = ".package(url: \"\(address)\", from: \"\(text[text.index(after: mark)...])\")"
            self.package = name.hasSuffix(".git") ? String(name.dropLast(4)) : name
            return
        }
        let folder = URL(fileURLWithPath: text ?? Self.ownCheckout).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: folder + "/Package.swift") else {
            throw CommandFailure("there is no package in \(folder); say where Martlet is with --martlet")
        }
        self.dependency = ".package(name: \"martlet\", path: \"\(folder)\")"
        self.package = "martlet"
    }
}
