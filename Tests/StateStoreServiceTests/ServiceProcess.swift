import Glibc
import MosquittoServer

/// `martlet state-store` as a process of its own, that can be killed.
struct ServiceProcess {
    private let process: TestProcess

    init(socket: String, folder: String) throws {
        process = TestProcess(try TestProcess.martlet(), ["state-store", "--unix", socket, "--data", folder])
    }

    func start() throws { try process.start() }

    /// kill -9.
    func kill() { process.end(SIGKILL) }
}
