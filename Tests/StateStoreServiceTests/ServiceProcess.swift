import Foundation
import Glibc
import Synchronization

/// `martlet state-store` as a process of its own, that can be killed.
final class ServiceProcess: Sendable {
    private let arguments: [String]
    private let program: String
    private let process = Mutex<pid_t>(0)

    init(socket: String, folder: String) throws {
        // The tests are built beside the program.
        let folderOfTests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let places = [folderOfTests.appending(path: "martlet").path, ".build/debug/martlet"]
        guard let program = places.first(where: { access($0, X_OK) == 0 }) else { throw ServiceProcessError.noProgram }
        self.program = program
        arguments = [program, "state-store", "--unix", socket, "--data", folder]
    }

    deinit {
        kill()
    }

    func start() throws {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // Safe because the structures are initialised by the calls that take them, and outlive the spawn.
        var attributes = posix_spawnattr_t()
        var signals = sigset_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in 3..<CInt(1_024) { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var pid: pid_t = 0
        guard posix_spawn(&pid, program, &actions, &attributes, pointers, environ) == 0 else {
            throw ServiceProcessError.noProgram
        }
        process.withLock { $0 = pid }
    }

    /// kill -9.
    func kill() {
        process.withLock { pid in
            guard pid > 0 else { return }
            Glibc.kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            pid = 0
        }
    }
}

enum ServiceProcessError: Error {
    case noProgram
}
