/// Why there is no mosquitto to test against.
package enum MosquittoError: Error, CustomStringConvertible {
    case notInstalled
    case notStarted
    case noPort

    /// What is wrong, and what to do about it.
    package var description: String {
        switch self {
        case .notInstalled: "mosquitto is not installed, and these tests need it: apt-get install mosquitto"
        case .notStarted: "mosquitto did not start"
        case .noPort: "there is no free port on the loopback interface"
        }
    }
}
