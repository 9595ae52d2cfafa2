import ArgumentParser
import MQTTClient

/// A quality of service as it is written on the command line: `0`, `1` or `2`.
struct DeliveryQuality: ExpressibleByArgument {
    var quality: MQTTQoS

    init(_ quality: MQTTQoS) {
        self.quality = quality
    }

    init?(argument: String) {
        switch argument {
        case "0": self.quality = .atMostOnce
        case "1": self.quality = .atLeastOnce
        case "2": self.quality = .exactlyOnce
        default: return nil
        }
    }

    var defaultValueDescription: String { "\(quality.rawValue)" }

    static let allValueStrings = ["0", "1", "2"]
}
