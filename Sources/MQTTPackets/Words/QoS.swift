/// A quality of service (MQTT 5.0 §4.3).
package enum QoS: UInt8, Sendable, Comparable {
    /// Quality of service 0: sent once, never answered.
    case atMostOnce = 0
    /// Quality of service 1: sent again until it is answered.
    case atLeastOnce = 1
    /// Quality of service 2: handed over by a handshake.
    case exactlyOnce = 2

    package static func < (lhs: QoS, rhs: QoS) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}
