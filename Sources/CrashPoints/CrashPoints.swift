import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The instants at which a test lets a process die: numbered places before and after each step of a message's way.
///
/// A debug build has them, a release build has not a single instruction of them. A process is armed with one by its environment, and says
/// nothing about it: who started it sees that it ended by SIGKILL, which nobody had sent.
///
/// ```
/// MARTLET_CRASH_AT=12:340      # dies when it comes to number 12, `CrashPoint.afterFsync`, the 340th time
/// ```
package enum CrashPoints {
    /// The environment variable that arms a process with one point: `number:count`.
    package static let variable = "MARTLET_CRASH_AT"

    /// Whether this build has the points: debug builds have.
    package static var areCompiledIn: Bool {
        #if MARTLET_CRASH_POINTS
        true
        #else
        false
        #endif
    }

    #if MARTLET_CRASH_POINTS
    private static let armed: CrashPointArming? = {
        guard let value = getenv(variable) else { return nil }
        let text = String(cString: value)
        guard let arming = CrashPointArming(text) else { fatalError("\(variable) is 'number:count', not '\(text)'") }
        return arming
    }()
    private static let count = Atomic<Int>(0)

    /// Counts a point that was come to, and ends the process where it is the armed one and the count is full.
    static func pass(_ point: CrashPoint) {
        guard let armed, armed.point == point else { return }
        guard count.add(1, ordering: .relaxed).newValue == armed.count else { return }
        kill(getpid(), SIGKILL)
        // The signal is delivered on the way back from the call; no instruction of this process runs behind it.
        while true { pause() }
    }
    #endif
}
