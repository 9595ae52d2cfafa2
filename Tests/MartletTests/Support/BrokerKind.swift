import Testing

/// The brokers that every promise of a worker is tested against.
enum BrokerKind: String, CaseIterable, CustomTestStringConvertible {
    case martlet
    case mosquitto

    var testDescription: String { rawValue }
}
