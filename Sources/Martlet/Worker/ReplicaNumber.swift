#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The number of a replica among those of the same worker on this machine, held as long as the process lives.
///
/// The number is a locked file. The system takes the lock away with the process, however it ends, so a replica
/// that was killed leaves its number to the one that is started in its place, which thereby finds the session
/// again.
final class ReplicaNumber: Sendable {
    /// What bounds the numbers.
    enum Limits {
        /// How many replicas of one worker may run on one machine without a name of their own.
        static let replicas = 1024
    }

    /// The number, from 0.
    let number: Int
    private let descriptor: CInt

    private init(number: Int, descriptor: CInt) {
        self.number = number
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The host's name and the number.
    var replica: String {
        let host = ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init) ?? "host"
        let clean = host.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" }
        return "\(String(clean).prefix(60))-\(number)"
    }

    /// Takes the lowest number that is free.
    ///
    /// - Parameters:
    ///   - worker: The worker's name.
    ///   - directory: Where the files lie; made if it is not there.
    /// - Returns: The number.
    /// - Throws: ``WorkerError`` when the files can not be made, or no number is free.
    static func take(worker: String, directory: String = defaultDirectory) throws(WorkerError) -> ReplicaNumber {
        try makeDirectory(directory)
        for number in 0..<Limits.replicas {
            let path = "\(directory)/\(worker).\(number).lock"
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw failure("can not open \(path)") }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                return ReplicaNumber(number: number, descriptor: descriptor)
            }
            let isTaken = errno == EWOULDBLOCK
            if !isTaken {
                defer { close(descriptor) }
                throw failure("can not lock \(path)")
            }
            close(descriptor)
        }
        throw WorkerError(.noReplica, "\(Limits.replicas) replicas of \(worker) run here: give each a replica name")
    }

    /// A folder that only this user can write to, below the folder for temporary files.
    static var defaultDirectory: String {
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        return "\(temporary.hasSuffix("/") ? String(temporary.dropLast()) : temporary)/martlet-replicas-\(getuid())"
    }

    private static func makeDirectory(_ path: String) throws(WorkerError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw failure("can not make \(path)")
        }
        var information = stat()
        guard lstat(path, &information) == 0 else { throw failure("can not look at \(path)") }
        // Somebody else's folder could let them hold every number, or follow a link of theirs.
        guard information.st_mode & S_IFMT == S_IFDIR, information.st_uid == getuid() else {
            throw WorkerError(.noReplica, "\(path) is not a folder of this user: give a replica name")
        }
    }

    private static func failure(_ what: String) -> WorkerError {
        WorkerError(.noReplica, "\(what) (\(String(cString: strerror(errno)))): give a replica name")
    }
}
