/// Why there is no mosquitto to test against.
enum MosquittoError: Error, CustomStringConvertible {
    case notInstalled
    case notStarted
    case noPort

    var description: String {
        switch self {
        case .notInstalled: "mosquitto is not installed, and these tests need it: apt-get install mosquitto"
        case .notStarted: "mosquitto did not start"
        case .noPort: "there is no free port on the loopback interface"
        }
    }
}
