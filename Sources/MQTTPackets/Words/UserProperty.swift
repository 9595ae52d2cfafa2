/// A name and a value that the sender chose; names may repeat and their order stands (MQTT 5.0 §3.3.2.3.7).
package struct UserProperty: Hashable, Sendable {
    /// What the sender calls it.
    package var name: String
    /// What the sender says.
    package var value: String

    /// Makes a user property.
    ///
    /// - Parameters:
    ///   - name: What the sender calls it.
    ///   - value: What the sender says.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
