import Glibc
import Journal
import Synchronization

/// Keeps a second broker out of a directory, for as long as this one's process lives.
///
/// It is a lock on an open file, not a file that says "locked": when the process dies, however it dies, the system lets go of it.
final class DirectoryLock: Sendable {
    private let descriptor: Mutex<CInt>

    private static let pause: useconds_t = 20_000

    init(_ files: JournalFiles, timeout: Duration) throws(JournalError) {
        let descriptor = open(files.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("\(files.lock) cannot be opened.") }
        let deadline = ContinuousClock.now + timeout
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let isTaken = errno == EWOULDBLOCK
            let failure = JournalError.system("\(files.lock) cannot be locked.")
            guard isTaken, ContinuousClock.now < deadline else {
                close(descriptor)
                throw isTaken ? Self.refusal(files) : failure
            }
            usleep(Self.pause)
        }
        self.descriptor = Mutex(descriptor)
    }

    private static func refusal(_ files: JournalFiles) -> JournalError {
        JournalError(
            .busy,
            """
            Another broker is using the data directory \(files.directory). \
            Stop it first, or give this one a directory of its own.
            """
        )
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            close(descriptor)
            descriptor = -1
        }
    }
}
