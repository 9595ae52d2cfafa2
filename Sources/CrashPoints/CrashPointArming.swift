/// With which point a process is armed, as its environment says it: `number:count`.
package struct CrashPointArming: Equatable, Sendable, CustomStringConvertible {
    /// Where the process dies.
    package var point: CrashPoint
    /// At the how manieth time, from 1.
    package var count: Int

    /// Arms a process.
    ///
    /// - Parameters:
    ///   - point: Where it dies.
    ///   - count: At the how manieth time, from 1.
    package init(_ point: CrashPoint, count: Int) {
        self.point = point
        self.count = count
    }

    /// Reads the value of the environment variable; `nil` for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let point = CrashPoint(rawValue: number),
            let count = Int(parts[1]), count > 0
        else { return nil }
        self.init(point, count: count)
    }

    /// The value of the environment variable.
    package var description: String { "\(point.rawValue):\(count)" }
}
