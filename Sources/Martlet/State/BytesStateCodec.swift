/// Stores bytes as they are.
public struct BytesStateCodec: StateCodec {
    /// Makes the codec.
    public init() {}

    /// Gives the bytes back.
    ///
    /// - Parameter value: The bytes.
    /// - Returns: The same bytes.
    public func encode(_ value: [UInt8]) -> [UInt8] { value }

    /// Gives the bytes back.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: The same bytes.
    public func decode(_ bytes: [UInt8]) -> [UInt8] { bytes }
}
