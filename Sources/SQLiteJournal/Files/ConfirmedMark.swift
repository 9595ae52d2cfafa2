import Glibc
import Journal

/// Remembers, outside of SQLite, the newest page that was confirmed.
///
/// SQLite ends its log at the first frame that does not check: a log that was cut or hit by a flipped bit looks like a shorter
/// one, and pages that were confirmed would be missing without a word. The mark is written after every commit without waiting
/// for the disk, and made durable with each checkpoint. So it is exact after a crash of the process, and after a loss of power it may be
/// older than the truth, but never newer: a page up to the mark that is not there was lost.
final class ConfirmedMark: Sendable {
    /// What a mark says.
    struct Value: Sendable, Equatable {
        /// The newest page that was confirmed.
        var number: UInt64 = 0
        /// Every page below was dropped.
        var droppedBelow: UInt64 = 0
    }

    /// What was found when the journal was opened.
    let value: Value
    /// What a person should know about the mark's file.
    let note: String?
    private let descriptor: CInt
    private static let byteCount = 32
    private static let magic: UInt64 = 0x314B_5241_4D4C_544D  // "MTLMARK1"

    init(_ files: JournalFiles) throws(JournalError) {
        descriptor = open(files.mark, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("\(files.mark) cannot be opened.") }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        let count = pread(descriptor, &bytes, Self.byteCount, 0)
        let found = count == Self.byteCount ? Self.decode(bytes) : nil
        value = found ?? Value()
        if found == nil, count > 0 || files.size(files.database) > 0 {
            note = "\(files.mark) is missing or damaged: pages at the very end of the log could be missing unnoticed"
        } else {
            note = nil
        }
    }

    deinit { close(descriptor) }

    /// Writes the mark.
    ///
    /// It says nothing that is needed while all is well, so a failure is no failure of the journal.
    func write(_ value: Value) {
        let bytes = Self.encode(value)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    func sync() { fdatasync(descriptor) }

    private static func encode(_ value: Value) -> [UInt8] {
        let words = [magic, value.number, value.droppedBelow]
        let checksum = words.reduce(0, Checksum.mix)
        return (words + [checksum]).flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    private static func decode(_ bytes: [UInt8]) -> Value? {
        let words = (0..<4).map { word in (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[word * 8 + $1]) << ($1 * 8) } }
        guard words[0] == magic, words[0..<3].reduce(0, Checksum.mix) == words[3] else { return nil }
        return Value(number: words[1], droppedBelow: words[2])
    }
}
