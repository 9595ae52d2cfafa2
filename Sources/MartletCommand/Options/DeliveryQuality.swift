import ArgumentParser
import MQTTClient

/// A quality of service as it is written on the command line: `0` or `1` (QoS 2 is not served yet).
struct DeliveryQuality: ExpressibleByArgument {
    var quality: MQTTQoS

    init(_ quality: MQTTQoS) {
        self.quality = quality
    }

    init?(argument: String) {
        switch argument {
        case "0": self.quality = .atMostOnce
        case "1": self.quality = .atLeastOnce
        default: return nil
        }
    }

    var defaultValueDescription: String { quality == .atMostOnce ? "0" : "1" }

    static let allValueStrings = ["0", "1"]
}
