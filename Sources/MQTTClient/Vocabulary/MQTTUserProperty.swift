/// A name and a value that travel with a packet; names may repeat and the order is kept (MQTT 5.0 §3.3.2.3.7).
public struct MQTTUserProperty: Sendable, Hashable {
    /// What the property is called.
    public var name: String
    /// What it says.
    public var value: String

    /// Makes a user property.
    ///
    /// - Parameters:
    ///   - name: What the property is called.
    ///   - value: What it says.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
