/// Turns a value of the state into bytes and back.
public protocol StateCodec<Value>: Sendable {
    /// What is stored.
    associatedtype Value

    /// Encodes a value.
    ///
    /// - Parameter value: The value.
    /// - Returns: Its bytes.
    /// - Throws: Any error, which the handler that sets the value gets.
    func encode(_ value: Value) throws -> [UInt8]

    /// Decodes a value.
    ///
    /// - Parameter bytes: What ``encode(_:)`` gave.
    /// - Returns: The value.
    /// - Throws: Any error, which the handler that asks for the value gets.
    func decode(_ bytes: [UInt8]) throws -> Value
}
