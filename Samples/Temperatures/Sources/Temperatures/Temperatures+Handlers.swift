public import Martlet

extension Temperatures {
    /// Where the worker keeps the days of a station in its state: below it the station's name, below that the date.
    public static let days = StateKey<Day>("days")

    /// The handlers of the sample's worker.
    ///
    /// - Parameters:
    ///   - work: How long the handler sleeps over each message, without holding a thread.
    ///   - observer: Is told when a handling begins and when it is about to return.
    ///   - mark: What each result carries to tell the handlings apart that published it.
    /// - Returns: The one handler with its filter.
    public static func handlers(
        work: Duration = .zero,
        observer: (@Sendable (HandlingEvent) -> Void)? = nil,
        mark: (@Sendable () -> String)? = nil
    ) -> [HandlerRegistration] {
        [HandlerRegistration(inputFilter, handler: DailyTemperatures(work: work, observer: observer, mark: mark))]
    }
}
