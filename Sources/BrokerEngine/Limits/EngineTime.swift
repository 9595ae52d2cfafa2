/// A moment on the broker's clock, handed to the engine from outside: the engine itself never asks the time.
///
/// Milliseconds since 1970, made monotonic by the shell, so that a deadline survives a restart.
package struct EngineTime: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var milliseconds: Int64

    /// A moment that never comes.
    package static let never = EngineTime(milliseconds: .max)

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: EngineTime, right: EngineTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `seconds` later; `UInt32.max` means never, as in MQTT 5.0 §3.1.2.11.2.
    package func advanced(bySeconds seconds: UInt32) -> EngineTime {
        seconds == .max ? .never : EngineTime(milliseconds: milliseconds + Int64(seconds) * 1000)
    }
}
