import Foundation

/// The temporary folder of a run: the broker's data and the logs of its processes.
struct DemoFolder: Sendable {
    let path: String

    /// Makes the folder, for this user only.
    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "martlet-demo-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.path = url.path
    }

    /// Where the broker keeps its journal.
    var data: String { path + "/data" }

    /// The log of a process.
    func log(of name: String) -> String { "\(path)/\(name).log" }

    /// The last lines of the log of a process, for a remark on why it ended.
    func lastLines(of name: String) -> String {
        guard let data = FileManager.default.contents(atPath: log(of: name)) else { return "" }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(5).joined(separator: "\n")
    }

    /// Takes the folder away with all that is in it.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
