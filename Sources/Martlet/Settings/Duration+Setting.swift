extension Duration {
    private static let units: [(suffix: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]

    /// Reads a time as settings write it: a number that is not negative, with `ms`, `s`, `m`, `h` or `d` behind
    /// it; seconds if there is nothing.
    ///
    /// - Parameter text: For example `500ms`, `1.5s` or `1d`.
    public init?(setting text: String) {
        let unit = Self.units.first { text.hasSuffix($0.suffix) } ?? (suffix: "", seconds: 1)
        let digits = text.dropLast(unit.suffix.count)
        // Only digits and a point: `Double` would also read signs, exponents, "inf" and hexadecimal.
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits) else {
            return nil
        }
        let milliseconds = (number * unit.seconds * 1000).rounded()
        guard milliseconds.isFinite, milliseconds < 1e15 else { return nil }
        self = .milliseconds(Int64(milliseconds))
    }

    /// The time as settings write it, in the largest unit that leaves no fraction.
    var settingText: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        for unit in Self.units.reversed() where unit.suffix != "ms" {
            let size = Int64(unit.seconds) * 1000
            if milliseconds % size == 0, milliseconds >= size { return "\(milliseconds / size)\(unit.suffix)" }
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }
}
