/// Gathers a page of a SCAN: at most so many keys, bytes and steps.
struct StatePageWriter {
    private var entries: [UInt8] = []
    private var count = 0
    private var stepsLeft: Int
    private let wanted: Int
    private let limits: StateLimits

    init(limits: StateLimits, count: Int) {
        self.limits = limits
        wanted = count
        stepsLeft = limits.stepsPerPage
    }

    /// Takes one step; false if there were enough.
    @inline(__always)
    mutating func takesStep() -> Bool {
        guard stepsLeft > 0 else { return false }
        stepsLeft &-= 1
        return true
    }

    /// Whether a key and what is said of it has room; the first one always has.
    func hasRoom(for bytes: Int) -> Bool {
        count < wanted && (count == 0 || entries.count &+ bytes <= limits.answerBytes)
    }

    /// Appends a key.
    mutating func append(
        version: StateVersion,
        parts: Int,
        key: (inout [UInt8]) -> Void,
        value: (inout [UInt8]) -> Void
    ) {
        StateAnswer.append(arrayOf: parts, to: &entries)
        key(&entries)
        StateAnswer.append(version, to: &entries)
        value(&entries)
        count &+= 1
    }

    /// Appends the page to an answer.
    func finish(at cursor: StateCursor, to out: inout [UInt8]) {
        var text: [UInt8] = []
        cursor.append(to: &text)
        StateAnswer.append(arrayOf: 2, to: &out)
        StateAnswer.append(bulk: text.span, to: &out)
        StateAnswer.append(arrayOf: count, to: &out)
        out.append(contentsOf: entries)
    }
}
