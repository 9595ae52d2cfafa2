/// Something that has a property section.
protocol PropertyList {
    /// Writes the properties without the length of the section, by ascending identifier.
    func write(into sink: inout some PacketSink)
}

extension PropertyList {
    /// How many bytes the properties take, without the length of the section.
    var encodedLength: Int {
        var size = SizeSink()
        write(into: &size)
        return size.count
    }

    /// Writes the section with its length; nothing in 3.1.1, which has no properties.
    func writeSection(into sink: inout some PacketSink, _ version: ProtocolVersion) {
        guard version == .v5 else { return }
        sink.variable(UInt32(truncatingIfNeeded: encodedLength))
        write(into: &sink)
    }
}

/// User properties alone are what UNSUBSCRIBE has.
extension [UserProperty]: PropertyList {
    func write(into sink: inout some PacketSink) {
        for property in self {
            sink.byte(PropertyIdentifier.userProperty.rawValue)
            sink.text(property.name)
            sink.text(property.value)
        }
    }
}
