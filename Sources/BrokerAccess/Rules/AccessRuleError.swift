/// What is wrong with a list of rules.
package struct AccessRuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of mistake.
    package enum Code: Hashable, Sendable {
        /// A condition is empty, or its text is no glob.
        case condition
        /// What is allowed is no topic filter, or no glob of keys.
        case pattern
        /// A limit of ``AccessLimits`` is passed.
        case limit
    }

    /// The kind of mistake.
    package var code: Code
    /// Where the rule stands in the list, from 0.
    package var rule: Int
    /// The name of the rule, if it has one.
    package var name: String?
    /// The field of the rule, as it is called in a file: `publish`, `readState`, and so on.
    package var field: String
    /// What is wrong and what to do.
    package var message: String
    /// What lies under it.
    package var cause: (any Error)? { nil }

    /// The place and the message.
    package var description: String {
        let named = name.map { " ('\($0)')" } ?? ""
        return "rule \(rule + 1)\(named), \(field): \(message)"
    }
}
