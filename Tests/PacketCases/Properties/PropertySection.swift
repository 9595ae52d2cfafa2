import MQTTPackets

/// A place where properties stand, for cases that are the same for each of them.
struct PropertySection {
    /// What it is called.
    let name: String
    /// Which way its packet goes.
    let direction: PacketDirection
    /// What stands before the properties and after them.
    let before: String
    let after: String
    /// Which may stand here, by table 2-4.
    let allowed: Set<UInt8>
    /// Which parse here and are a protocol error, all the same.
    var forbidden: Set<UInt8> = []
    /// Properties that others need beside them.
    var companions = ""

    func notation(_ properties: String) -> String {
        "\(before) [ \(companions) \(properties) ] \(after)"
    }
}
