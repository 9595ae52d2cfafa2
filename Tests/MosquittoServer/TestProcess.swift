import Foundation
import Glibc
import Synchronization

/// A program that a test starts, kills and starts again.
///
/// It ends with the value: no test leaves one behind.
package final class TestProcess: Sendable {
    /// Why a program does not run.
    package enum Failure: Error, CustomStringConvertible {
        case notFound(String)
        case notStarted(String)

        /// What is wrong, and what to do about it.
        package var description: String {
            switch self {
            case .notFound(let what): "\(what) is not there: build it, or install it"
            case .notStarted(let what): "\(what) could not be started"
            }
        }
    }

    /// Which descriptors the program does not inherit; those that are not open are no error.
    private static let descriptorsToClose: CInt = 4096

    /// How long an ordered end may take.
    private static let patience = Duration.seconds(60)
    /// How often its end is looked for, in microseconds.
    private static let pollInterval: UInt32 = 10_000

    private let arguments: [String]
    private let log: String?
    private let process = Mutex<pid_t>(0)
    /// The end of its standard input that is held open while it lives: some programs end with their input.
    private let input = Mutex<CInt>(-1)

    /// Says what is to be started; nothing is before ``start()``.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - arguments: What it is told.
    ///   - log: The file that gets what it says; `nil` for where the test's goes.
    package init(_ program: String, _ arguments: [String], log: String? = nil) {
        self.arguments = [program] + arguments
        self.log = log
    }

    deinit {
        self.end(SIGKILL)
        self.input.withLock { input in
            if input >= 0 { close(input) }
        }
    }

    /// The program `martlet` that was built beside the tests.
    ///
    /// - Returns: Its path.
    /// - Throws: ``Failure/notFound(_:)``.
    package static func martlet() throws -> String {
        let folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [folder.appending(path: "martlet").path, ".build/debug/martlet"]
        guard let program = places.first(where: { access($0, X_OK) == 0 }) else { throw Failure.notFound("martlet") }
        return program
    }

    /// Whether it runs.
    package var isRunning: Bool {
        self.process.withLock { pid in
            if pid > 0, waitpid(pid, nil, WNOHANG) == pid { pid = 0 }
            return pid > 0
        }
    }

    /// Starts the program.
    ///
    /// - Throws: ``Failure/notStarted(_:)``.
    package func start() throws {
        var pointers: [UnsafeMutablePointer<CChar>?] = self.arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // Safe because the structures are initialised by the calls that take them, and outlive the spawn.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of a test may block signals, and a child inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // Nor may it hold the sockets of a test open, which would then never be seen to close.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure.notStarted(self.arguments[0]) }
        defer { close(ends[0]) }
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        self.input.withLock { input in
            if input >= 0 { close(input) }
            input = ends[1]
        }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        for descriptor in 3..<Self.descriptorsToClose { posix_spawn_file_actions_addclose(&actions, descriptor) }
        if let log = self.log {
            for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
                posix_spawn_file_actions_addopen(&actions, descriptor, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            }
        }
        var pid: pid_t = 0
        guard posix_spawn(&pid, self.arguments[0], &actions, &attributes, pointers, environ) == 0 else {
            throw Failure.notStarted(self.arguments[0])
        }
        self.process.withLock { $0 = pid }
    }

    /// Sends a signal and waits for the end.
    ///
    /// One that hangs in its ordered end is killed after ``patience``, for a test that waits forever names no fault.
    ///
    /// - Parameter signal: The signal: SIGKILL ends it as a crash does, SIGTERM in order.
    /// - Returns: Whether it ended of the signal, or was not running.
    @discardableResult
    package func end(_ signal: CInt) -> Bool {
        self.process.withLock { pid in
            guard pid > 0 else { return true }
            defer { pid = 0 }
            if signal != SIGKILL {
                Glibc.kill(pid, signal)
                let deadline = ContinuousClock.now + Self.patience
                while ContinuousClock.now < deadline {
                    if waitpid(pid, nil, WNOHANG) != 0 { return true }
                    usleep(Self.pollInterval)
                }
            }
            Glibc.kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            return signal == SIGKILL
        }
    }

    /// What it wrote, for a test that fails.
    package var logged: String {
        self.log.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    }
}
