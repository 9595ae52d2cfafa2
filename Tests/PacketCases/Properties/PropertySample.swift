/// A property of table 2-4, with values of its kind.
struct PropertySample {
    /// What kind of value it has.
    enum Kind {
        case flag, positive16, uint16, positive32, uint32, variable, text, binary, pair

        /// A good value.
        var value: String {
            switch self {
            case .flag: "01"
            case .positive16, .uint16: "00 05"
            case .positive32, .uint32: "00 00 00 05"
            case .variable: "05"
            case .text: "s'text'"
            case .binary: "( 00 FF )"
            case .pair: "s'n' s'v'"
            }
        }

        /// A value that is not all there.
        var half: String {
            switch self {
            case .flag: ""
            case .positive16, .uint16: "00"
            case .positive32, .uint32: "00 00 00"
            case .variable: "85"
            case .text, .binary: "00 05 'abcd'"
            case .pair: "s'n' 00 05 'abcd'"
            }
        }
    }

    /// What stands before it on the wire.
    let identifier: UInt8
    /// The name in the specification.
    let name: String
    /// What kind of value it has.
    let kind: Kind

    /// All 27.
    static let all: [PropertySample] = [
        PropertySample(identifier: 0x01, name: "payload format indicator", kind: .flag),
        PropertySample(identifier: 0x02, name: "message expiry interval", kind: .uint32),
        PropertySample(identifier: 0x03, name: "content type", kind: .text),
        PropertySample(identifier: 0x08, name: "response topic", kind: .text),
        PropertySample(identifier: 0x09, name: "correlation data", kind: .binary),
        PropertySample(identifier: 0x0B, name: "subscription identifier", kind: .variable),
        PropertySample(identifier: 0x11, name: "session expiry interval", kind: .uint32),
        PropertySample(identifier: 0x12, name: "assigned client identifier", kind: .text),
        PropertySample(identifier: 0x13, name: "server keep alive", kind: .uint16),
        PropertySample(identifier: 0x15, name: "authentication method", kind: .text),
        PropertySample(identifier: 0x16, name: "authentication data", kind: .binary),
        PropertySample(identifier: 0x17, name: "request problem information", kind: .flag),
        PropertySample(identifier: 0x18, name: "will delay interval", kind: .uint32),
        PropertySample(identifier: 0x19, name: "request response information", kind: .flag),
        PropertySample(identifier: 0x1A, name: "response information", kind: .text),
        PropertySample(identifier: 0x1C, name: "server reference", kind: .text),
        PropertySample(identifier: 0x1F, name: "reason string", kind: .text),
        PropertySample(identifier: 0x21, name: "receive maximum", kind: .positive16),
        PropertySample(identifier: 0x22, name: "topic alias maximum", kind: .uint16),
        PropertySample(identifier: 0x23, name: "topic alias", kind: .positive16),
        PropertySample(identifier: 0x24, name: "maximum QoS", kind: .flag),
        PropertySample(identifier: 0x25, name: "retain available", kind: .flag),
        PropertySample(identifier: 0x26, name: "user property", kind: .pair),
        PropertySample(identifier: 0x27, name: "maximum packet size", kind: .positive32),
        PropertySample(identifier: 0x28, name: "wildcard subscription available", kind: .flag),
        PropertySample(identifier: 0x29, name: "subscription identifiers available", kind: .flag),
        PropertySample(identifier: 0x2A, name: "shared subscription available", kind: .flag),
    ]
}
