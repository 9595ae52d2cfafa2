import Dispatch
import Glibc
import Synchronization

/// A file, or standard input, that is read piece by piece away from the threads that Swift's tasks run on.
final class InputFile: Sendable {
    /// The longest line that is read: as long as the longest payload that a packet of MQTT can carry.
    static let longestLine = 268_435_455
    private static let pieceSize = 65_536

    private let descriptor: Int32
    private let path: String
    private let queue = DispatchQueue(label: "martlet.input")
    private let state = Mutex(State())

    private struct State {
        /// What was read and not handed out.
        var bytes: [UInt8] = []
        /// Where the next line begins in them, and up to where no newline was found.
        var start = 0
        var searched = 0
        var isAtEnd = false
    }

    /// Opens the file; `-` is standard input.
    ///
    /// - Throws: `CommandFailure` where it cannot be opened.
    init(path: String) throws {
        self.path = path == "-" ? "standard input" : path
        self.descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// Everything that is left.
    func readAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try readPiece()
            if piece.isEmpty { return all }
            all += piece
            guard all.count <= Self.longestLine else { throw CommandFailure("\(path) is larger than a message can be") }
        }
    }

    /// The next line without the newline that ends it, `nil` at the end; a last line without a newline counts.
    func nextLine() async throws -> [UInt8]? {
        // A line that is there already needs no thread.
        if let line = state.withLock({ Self.takeLine(&$0) }) { return line }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.readLine() }) }
        }
    }

    private func readLine() throws -> [UInt8]? {
        while true {
            let piece = try readPiece()
            let (line, waiting, isAtEnd) = state.withLock { state in
                state.bytes += piece
                state.isAtEnd = piece.isEmpty
                return (Self.takeLine(&state), state.bytes.count - state.start, state.isAtEnd)
            }
            if line != nil || isAtEnd { return line }
            guard waiting <= Self.longestLine else {
                throw CommandFailure("a line of \(path) is larger than a message can be")
            }
        }
    }

    private static func takeLine(_ state: inout State) -> [UInt8]? {
        if let end = state.bytes[max(state.start, state.searched)...].firstIndex(of: UInt8(ascii: "\n")) {
            defer {
                state.start = end + 1
                state.searched = end + 1
            }
            return Array(state.bytes[state.start..<end])
        }
        state.bytes.removeFirst(state.start)
        state.start = 0
        state.searched = state.bytes.count
        guard state.isAtEnd, !state.bytes.isEmpty else { return nil }
        defer {
            state.bytes = []
            state.searched = 0
        }
        return state.bytes
    }

    private func readPiece() throws -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count >= 0 { return Array(piece[..<count]) }
            guard errno == EINTR else { throw CommandFailure("\(path): \(String(cString: strerror(errno)))") }
        }
    }
}
