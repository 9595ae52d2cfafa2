import Foundation
import Glibc

/// A lock on a file that lasts as long as the process, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Makes the file and locks it.
    ///
    /// - Parameter path: The file.
    /// - Throws: `CommandFailure` when it cannot be made.
    init(making path: String) throws {
        // Not handed to children: they may outlive the process by a moment.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandFailure("cannot make \(path): \(String(cString: strerror(errno)))")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Whether the file is there, is this user's, and nobody holds its lock.
    static func isFree(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Not `fstat`: to which module its type belongs depends on what else was loaded.
        let owner = try? FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID]
        guard (owner as? NSNumber)?.uint32Value == geteuid() else { return false }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }
}
