import Foundation
import Glibc
import Synchronization

/// A process of this same binary that never outlives its parent.
///
/// Its standard input is a pipe that only the parent holds open: when the parent ends, however it ends, the child reads the end of the
/// pipe and goes (`ParentWatch`). It leads a process group of its own, so that Ctrl-C reaches the parent alone.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum Ending: Equatable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let identifier: pid_t
    private let state = Mutex(State())

    /// Held while pipes are made, marked and handed to a child: a child that got hold of the write end of another's standard input
    /// would keep that one alive after the parent.
    private static let spawning = Mutex(())

    private struct State {
        /// Whether the identifier may be somebody else's by now.
        var hasEnded = false
        /// How the process ended, once all that it wrote was read.
        var ending: Ending?
        var waiting: [CheckedContinuation<Ending, Never>] = []
    }

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - binary: The file that is run; this very binary if none is given.
    ///   - arguments: The arguments behind the name of the binary.
    ///   - environment: What it has in its environment besides what this process has.
    ///   - log: The file that standard error is appended to.
    ///   - onLine: Called with each line of standard output, in order, from a thread of its own.
    ///   - onEnd: Called after the last line, when the process has ended and before it counts as ended.
    /// - Throws: `CommandFailure` when it cannot be started.
    init(
        binary: String = ChildProcess.binary,
        arguments: [String],
        environment: [String: String] = [:],
        log: String,
        onLine: @escaping @Sendable (String) -> Void,
        onEnd: @escaping @Sendable (Ending) -> Void = { _ in }
    ) throws {
        let (input, output, spawned) = try Self.spawning.withLock { _ in
            let input = try Self.pipe()
            let output = try Self.pipe()
            let start = Start(binary: binary, arguments: arguments, environment: environment, log: log)
            return (input, output, Self.spawn(start, input: input.read, output: output.write))
        }
        close(input.read)
        close(output.write)
        guard case .success(let identifier) = spawned else {
            close(input.write)
            close(output.read)
            throw CommandFailure("cannot start \(binary) \(arguments.joined(separator: " "))")
        }
        self.identifier = identifier
        let thread = Thread { [self] in
            Self.readLines(from: output.read, onLine)
            close(output.read)
            end(Self.wait(for: identifier), onEnd)
            close(input.write)
        }
        thread.name = "child \(identifier)"
        thread.start()
    }

    /// The file of this very binary.
    static let binary: String = {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }()

    /// Sends the signal, if the process has not ended.
    func send(_ signal: Int32) {
        state.withLock { state in
            // Under the lock nobody reaps the process, so the identifier is still its own.
            if !state.hasEnded { kill(identifier, signal) }
        }
    }

    /// Waits until the process has ended and all that it wrote was read.
    func waitUntilEnded() async -> Ending {
        await withCheckedContinuation { continuation in
            let ending = state.withLock { state -> Ending? in
                if state.ending == nil { state.waiting.append(continuation) }
                return state.ending
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }

    private func end(_ reap: () -> Ending, _ onEnd: (Ending) -> Void) {
        let ending = state.withLock { state in
            let ending = reap()
            state.hasEnded = true
            return ending
        }
        onEnd(ending)
        let waiting = state.withLock { state in
            state.ending = ending
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: ending) }
    }

    /// Waits until the process has ended, and gives the closure that reaps it: until then nobody else can get its identifier.
    private static func wait(for identifier: pid_t) -> () -> Ending {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
        return {
            var status: Int32 = 0
            while waitpid(identifier, &status, 0) == -1 && errno == EINTR {}
            let signal = status & 0x7F
            return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
        }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw CommandFailure("cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private struct Start {
        var binary: String
        var arguments: [String]
        var environment: [String: String]
        var log: String
    }

    private static func spawn(_ start: Start, input: Int32, output: Int32) -> Result<pid_t, CommandFailure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, start.log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Swift's signal handling may block signals in the thread that spawns; the child starts with none blocked.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var words = (["martlet"] + start.arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let environment = ProcessInfo.processInfo.environment.merging(start.environment) { $1 }
        var settings = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for setting in settings { free(setting) } }
        var identifier: pid_t = 0
        let result = posix_spawn(&identifier, start.binary, &actions, &attributes, &words, &settings)
        return result == 0 ? .success(identifier) : .failure(CommandFailure(String(cString: strerror(result))))
    }

    private static func readLines(from descriptor: Int32, _ onLine: (String) -> Void) {
        var rest: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest += piece[..<count]
            var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = lines.popLast().map(Array.init) ?? []
            for line in lines { onLine(String(decoding: line, as: UTF8.self)) }
        }
    }
}
