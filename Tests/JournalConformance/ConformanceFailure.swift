/// A journal that does something else than it must.
package struct ConformanceFailure: Error, CustomStringConvertible {
    /// What it did.
    package let description: String
}

/// Throws a ``ConformanceFailure`` unless a condition holds.
func demand(_ condition: Bool, _ message: @autoclosure () -> String, line: Int = #line) throws {
    if !condition { throw ConformanceFailure(description: "line \(line): \(message())") }
}

/// Throws a ``ConformanceFailure`` unless two values are equal.
func demand<Value: Equatable>(_ what: String, _ value: Value, is expected: Value, line: Int = #line) throws {
    try demand(value == expected, "\(what) is \(value), not \(expected)", line: line)
}
