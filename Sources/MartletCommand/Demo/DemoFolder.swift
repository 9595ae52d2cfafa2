import Foundation
import Glibc

/// The temporary folder of a run: the broker's data and the logs of its processes.
///
/// A run holds a lock on a file in its folder. The system frees it however the run ends, so the next run knows the folders that nobody
/// could take away (their run was killed with -9) and does it: `removeAbandoned()`.
struct DemoFolder: Sendable {
    private static let prefix = "martlet-demo-"
    private static let lockName = "lock"
    /// So many abandoned folders are taken away at most by one run.
    private static let sweepLimit = 64

    let path: String
    private let lock: FolderLock

    /// Makes the folder, for this user only.
    ///
    /// - Parameter parent: Where; the system's folder for temporary files by default.
    /// - Throws: What kept it from being made.
    init(in parent: URL = FileManager.default.temporaryDirectory) throws {
        let url = parent.appending(path: Self.prefix + UUID().uuidString.prefix(8))
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        path = url.path
        // Locked under another name first: a run that looks for abandoned folders never sees the file without its lock.
        let young = url.appending(path: ".young").path
        lock = try FolderLock(making: young)
        try FileManager.default.moveItem(atPath: young, toPath: url.appending(path: Self.lockName).path)
    }

    /// Takes away the folders of this user's runs that ended without doing so.
    ///
    /// - Parameter parent: Where they are.
    /// - Returns: The paths of the folders that were taken away.
    @discardableResult
    static func removeAbandoned(in parent: URL = FileManager.default.temporaryDirectory) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        var removed: [String] = []
        for name in names.sorted() where name.hasPrefix(prefix) && removed.count < sweepLimit {
            let path = parent.appending(path: name).path
            // A folder without the file is being made, or is kept to be looked at.
            guard FolderLock.isFree("\(path)/\(lockName)") else { continue }
            if (try? FileManager.default.removeItem(atPath: path)) != nil { removed.append(path) }
        }
        return removed
    }

    /// Where the broker keeps its journal.
    var data: String { path + "/data" }

    /// Where the replicas keep their checkpoints.
    var checkpoints: String { path + "/checkpoints" }

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

    /// Leaves the folder to whoever wants to look at it: no later run takes it away.
    func keep() {
        try? FileManager.default.removeItem(atPath: "\(path)/\(Self.lockName)")
    }
}
