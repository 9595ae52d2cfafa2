/// The bounds of a list of rules.
package struct AccessLimits: Sendable, Hashable {
    /// Rules of one list; past it the list is refused.
    package var rules = 10_000
    /// Texts in all fields of one rule; past it the list is refused.
    package var textsPerRule = 10_000
    /// Bytes of one text; past it the list is refused.
    package var textBytes = 65_535
    /// What the texts of one client's rules with a `{…}` in them may come to, one for each of its groups; what is more allows nothing.
    package var substitutionsPerClient = 10_000

    /// The defaults.
    package init() {}
}
