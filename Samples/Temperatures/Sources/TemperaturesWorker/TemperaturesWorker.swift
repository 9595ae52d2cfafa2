import Martlet
import TemperaturesSample

/// The sample as a program of its own: the same worker that `martlet demo` runs as its replicas.
@main
struct TemperaturesWorker: WorkerApplication {
    static let name = Temperatures.group
    static let summary = "Publishes the minimum, mean and maximum of each station's day."

    static func handlers(_ config: ConfigReader) -> [HandlerRegistration] {
        Temperatures.handlers()
    }
}
