extension Setting {
    /// What the values of a setting look like.
    public struct Kind: Sendable, Hashable {
        private enum Base: Hashable {
            case text, integer, number, duration, toggle
            case choice([String])
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// Any text.
        public static let text = Kind(.text)
        /// A whole number.
        public static let integer = Kind(.integer)
        /// A decimal number.
        public static let number = Kind(.number)
        /// A time: a number with `ms`, `s`, `m`, `h` or `d` behind it, or `none`.
        public static let duration = Kind(.duration)
        /// `true` or `false`; the flag alone means `true`.
        public static let toggle = Kind(.toggle)

        /// One of some words.
        ///
        /// - Parameter words: The words.
        /// - Returns: The kind.
        public static func choice(_ words: [String]) -> Kind { Kind(.choice(words)) }

        /// Whether the flag needs no value.
        var isToggle: Bool { base == .toggle }

        /// What stands for a value in the help.
        var placeholder: String {
            switch base {
            case .text: "TEXT"
            case .integer: "COUNT"
            case .number: "NUMBER"
            case .duration: "TIME"
            case .toggle: "true|false"
            case .choice(let words): words.joined(separator: "|")
            }
        }

        /// What a value must be, to be told to whoever gave another.
        var demand: String {
            switch base {
            case .text: "a text"
            case .integer: "a whole number"
            case .number: "a number"
            case .duration: "a time such as 500ms, 30s, 5m, 1h, 1d, or none"
            case .toggle: "true or false"
            case .choice(let words): "one of " + words.joined(separator: ", ")
            }
        }

        /// Reads a value.
        ///
        /// - Parameter text: The value as it was written.
        /// - Returns: The value as the configuration reader keeps it, or `nil` when it is of another kind.
        func value(_ text: String) -> SettingValue? {
            switch base {
            case .text: .text(text)
            case .integer: Int(text).map(SettingValue.integer)
            case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
            case .duration: text == "none" || Duration(setting: text) != nil ? .text(text) : nil
            case .toggle: Bool(text).map(SettingValue.toggle)
            case .choice(let words): words.contains(text) ? .text(text) : nil
            }
        }
    }
}
