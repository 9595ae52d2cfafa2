#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of the operating system.
///
/// Nobody joins a pool's thread: a handler may hold one for ever, and the process must still be able to end.
enum PoolThread {
    /// What a new thread is handed.
    private final class Start {
        let name: String
        let body: () -> Void

        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a detached thread.
    ///
    /// - Parameters:
    ///   - name: The thread's name; Linux keeps its first 15 bytes.
    ///   - body: What the thread does; it ends when this returns.
    static func start(name: String, body: @escaping @Sendable () -> Void) {
        // Safe because the reference is retained here once and released by the new thread once.
        let start = Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let result = pthread_create(&thread, nil, entry, start)
        precondition(result == 0, "The system refused to start thread \(name): error \(result)")
        #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
    }

    /// What the system calls the calling thread; `nil` where it does not say.
    static var currentIdentifier: Int? {
        var target = [CChar](repeating: 0, count: 64)
        // A link to PROCESS/task/THREAD, on Linux.
        let length = readlink("/proc/thread-self", &target, target.count)
        guard length > 0 else { return nil }
        let bytes = target.prefix(length).map { UInt8(bitPattern: $0) }
        return bytes.lastIndex(of: UInt8(ascii: "/")).flatMap { slash in
            Int(String(decoding: bytes[(slash + 1)...], as: UTF8.self))
        }
    }

    #if canImport(Darwin)
    // Safe because the argument is what `start` retained, and nobody else takes it.
    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { argument in
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        pthread_setname_np(start.name)
        start.body()
        return nil
    }
    #else
    // Safe because the argument is what `start` retained, and nobody else takes it.
    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        nameThisThread(start.name)
        start.body()
        return nil
    }

    /// Names the calling thread; without a name it works as well, so a failure is nothing.
    private static func nameThisThread(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(descriptor, bytes, bytes.count)
    }
    #endif
}
