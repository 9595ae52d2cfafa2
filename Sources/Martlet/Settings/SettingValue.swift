import Configuration

/// A value of a setting that was found to be of its kind.
enum SettingValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case toggle(Bool)

    /// The value as swift-configuration keeps it.
    ///
    /// - Parameter isSecret: Whether it is kept out of logs.
    /// - Returns: The value.
    func configValue(isSecret: Bool) -> ConfigValue {
        switch self {
        case .text(let text): ConfigValue(.string(text), isSecret: isSecret)
        case .integer(let integer): ConfigValue(.int(integer), isSecret: isSecret)
        case .number(let number): ConfigValue(.double(number), isSecret: isSecret)
        case .toggle(let toggle): ConfigValue(.bool(toggle), isSecret: isSecret)
        }
    }
}
