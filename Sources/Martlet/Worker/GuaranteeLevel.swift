/// What a worker can promise about each message, depending on what stands behind it.
public struct GuaranteeLevel: Sendable, Hashable, Comparable, CustomStringConvertible {
    private enum Base: String {
        case standard = "C"
        case deduplicated = "B"
        case atomic = "A"
    }

    private let base: Base

    private init(_ base: Base) { self.base = base }

    /// A: acknowledgement, state and publishes of one message become durable together or not at all.
    public static let atomic = GuaranteeLevel(.atomic)
    /// B: at least once, and a message that was applied before is recognised and skipped.
    public static let deduplicated = GuaranteeLevel(.deduplicated)
    /// C: at least once; the handler sees duplicates after a crash.
    public static let standard = GuaranteeLevel(.standard)

    /// Reads a level.
    ///
    /// - Parameter letter: `A`, `B` or `C`, in either case.
    public init?(letter: String) {
        guard let base = Base(rawValue: letter.uppercased()) else { return nil }
        self.base = base
    }

    /// The level's letter.
    public var letter: String { base.rawValue }

    /// The letter and the promise.
    public var description: String {
        switch base {
        case .atomic: "A (atomic: acknowledgement, state and publishes of a message are one)"
        case .deduplicated: "B (deduplicated: at least once, and what was applied is skipped)"
        case .standard: "C (standard: at least once, the handler sees duplicates after a crash)"
        }
    }

    /// Orders by the strength of the promise: C, B, A.
    public static func < (left: GuaranteeLevel, right: GuaranteeLevel) -> Bool {
        // The letters run the other way: A is the strongest.
        left.letter > right.letter
    }
}
