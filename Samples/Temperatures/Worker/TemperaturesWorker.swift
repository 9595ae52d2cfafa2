import Martlet
import TemperaturesSample

/// The worker of the sample as a program of its own: start it as often as you like.
@main
struct TemperaturesWorker: WorkerApplication {
    static let name = Temperatures.group
    static let summary = "Publishes the minimum, the mean and the maximum of each day of each station."

    static func handlers(_ config: ConfigReader) -> [HandlerRegistration] {
        Temperatures.handlers()
    }
}
