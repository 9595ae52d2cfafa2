/// Which sessions an inspection lists.
package struct SessionQuestion: Sendable {
    /// Only those that are connected, or that are not; nil for both.
    package var isConnected: Bool?
    /// Only those whose client identifier begins so.
    package var prefix: [UInt8]

    package init(isConnected: Bool? = nil, prefix: [UInt8] = []) {
        self.isConnected = isConnected
        self.prefix = prefix
    }
}
