import Glibc
import Synchronization

/// Space on the disk that is kept for the moment when there is no other.
///
/// On a full disk nothing can be dropped without writing that it is dropped, and the log can not be copied into a file that
/// cannot grow. The reserve is a file of as many bytes as that needs; it is given up after an append was refused as full, so
/// that what comes then (acknowledgements, drops) finds room.
final class SpaceReserve: Sendable {
    let byteCount: Int
    private let files: JournalFiles
    private let held = Mutex(false)

    /// Below so many bytes even reading may fail, for want of room for the log's index.
    private static let leastForReading: UInt64 = 1 << 20

    init(files: JournalFiles, byteCount: Int) {
        self.files = files
        self.byteCount = byteCount
    }

    var isHeld: Bool { held.withLock { $0 } }

    /// Gives up a reserve that an earlier process left when there is too little room even to read.
    func makeRoomForReading() {
        if let free = files.freeBytes, free < Self.leastForReading { release() }
    }

    /// Takes the space if it is there.
    ///
    /// - Parameter margin: How many bytes must be free besides.
    func establish(leaving margin: Int) {
        held.withLock { held in
            guard !held, byteCount > 0 else { return }
            let descriptor = open(files.reserve, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            let missing = byteCount - allocatedBytes(descriptor)
            guard missing <= 0 || (files.freeBytes ?? .max) >= UInt64(missing + margin) else { return }
            held = missing <= 0 || posix_fallocate(descriptor, 0, off_t(byteCount)) == 0
            if !held { unlink(files.reserve) }
        }
    }

    func release() {
        held.withLock { held in
            held = false
            unlink(files.reserve)
        }
    }

    private func allocatedBytes(_ descriptor: CInt) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_blocks) * 512 : 0
    }
}
