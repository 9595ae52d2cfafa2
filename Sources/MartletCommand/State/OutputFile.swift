import Glibc

/// A file, or standard output, to which lines are written; what does not arrive is an error.
struct OutputFile: ~Copyable {
    private static let bufferSize = 65_536

    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Opens the file, emptying it; `-` is standard output.
    ///
    /// - Throws: `CommandFailure` where it cannot be opened.
    init(path: String) throws {
        let isStandard = path == "-"
        self.path = isStandard ? "standard output" : path
        self.descriptor =
            isStandard ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Writes a line, soon.
    mutating func write(line: String) throws {
        buffer += Array(line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes what waits, and sees to it that it is on the disk.
    mutating func finish() throws {
        try flush()
        // A pipe or a terminal can not be synchronised, and need not.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw failure }
    }

    private mutating func flush() throws {
        var rest = buffer[...]
        while !rest.isEmpty {
            // Safe because the pointer is used only within the call, for the count that goes with it.
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR && errno != EAGAIN {
                throw failure
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private var failure: CommandFailure { CommandFailure("\(path): \(String(cString: strerror(errno)))") }
}
