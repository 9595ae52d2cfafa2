import MQTTPackets

extension StateAnswer {
    /// Appends the properties of an answer's PUBLISH, without the length of the section: content type, correlation data,
    /// `__stat`, `__protVer` and `__ts`.
    ///
    /// - Parameters:
    ///   - version: What `__ts` says; nil leaves it out, which tells a client that there is no such key.
    ///   - correlation: The correlation data of the request.
    ///   - out: The section.
    package static func appendProperties(version: StateVersion?, correlation: Span<UInt8>, to out: inout [UInt8]) {
        out.append(contentsOf: head)
        out.append(PropertyIdentifier.correlationData.rawValue)
        append(length: correlation.count, to: &out)
        out.append(span: correlation)
        out.append(contentsOf: status)
        if let version { append(timestamp: version, to: &out) }
    }

    /// Appends the user property `__ts`.
    static func append(timestamp version: StateVersion, to out: inout [UInt8]) {
        out.append(contentsOf: timestampName)
        append(length: version.textLength, to: &out)
        version.append(to: &out)
    }

    /// Appends the two bytes of a length.
    @inline(__always)
    static func append(length: Int, to out: inout [UInt8]) {
        out.append(UInt8(truncatingIfNeeded: length >> 8))
        out.append(UInt8(truncatingIfNeeded: length))
    }

    /// Appends a property whose value is a text or data.
    static func append(_ property: PropertyIdentifier, _ value: Span<UInt8>, to out: inout [UInt8]) {
        out.append(property.rawValue)
        append(length: value.count, to: &out)
        out.append(span: value)
    }

    /// The content type.
    static let head = section { out in
        out.append(PropertyIdentifier.contentType.rawValue)
        append(length: StateStore.contentType.utf8.count, to: &out)
        out.append(contentsOf: StateStore.contentType.utf8)
    }

    /// `__stat` and `__protVer`.
    private static let status = section { out in
        append(userProperty: StateStore.statusProperty, "200", to: &out)
        append(userProperty: StateStore.protocolProperty, "1.0", to: &out)
    }

    /// The name of `__ts`; its value follows.
    private static let timestampName = section { out in
        out.append(PropertyIdentifier.userProperty.rawValue)
        append(length: StateStore.timestampProperty.utf8.count, to: &out)
        out.append(contentsOf: StateStore.timestampProperty.utf8)
    }

    private static func section(_ write: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        write(&bytes)
        return bytes
    }

    private static func append(userProperty name: String, _ value: String, to out: inout [UInt8]) {
        out.append(PropertyIdentifier.userProperty.rawValue)
        append(length: name.utf8.count, to: &out)
        out.append(contentsOf: name.utf8)
        append(length: value.utf8.count, to: &out)
        out.append(contentsOf: value.utf8)
    }
}
