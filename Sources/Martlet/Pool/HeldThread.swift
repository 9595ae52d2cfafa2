#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A thread of the pool that one job has held for long.
package struct HeldThread: Sendable {
    /// What the system calls the thread; `nil` where it does not say.
    package let identifier: Int?
    /// For how long the job has held it.
    package let duration: Duration

    /// What the thread does at this moment, as the system tells it: runs, or in which call of the kernel it waits.
    ///
    /// The stack of another thread can not be had from within the process without interrupting that thread, and
    /// with it whatever call it waits in: so it is left to a debugger, which needs the identifier.
    package var activity: String {
        guard let identifier else { return "unknown" }
        let folder = "/proc/self/task/\(identifier)"
        guard let status = Self.text("\(folder)/stat"), let name = status.lastIndex(of: ")") else { return "unknown" }
        switch status[status.index(after: name)...].first(where: { $0 != " " }) {
        case "R": return "runs"
        case "Z", "X", nil: return "has ended"
        default: break
        }
        let place = Self.text("\(folder)/wchan") ?? ""
        return place.isEmpty || place == "0" ? "waits" : "waits in \(place)"
    }

    private static func text(_ path: String) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
