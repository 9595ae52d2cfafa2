public import Martlet

extension Temperatures {
    /// The handlers of the sample's worker.
    ///
    /// - Parameters:
    ///   - work: How long the handler sleeps over each message, without holding a thread.
    ///   - observer: Is told when a handling begins and when it is about to return.
    /// - Returns: The one handler with its filter.
    public static func handlers(
        work: Duration = .zero,
        observer: (@Sendable (HandlingEvent) -> Void)? = nil
    ) -> [HandlerRegistration] {
        [HandlerRegistration(inputFilter, handler: DailyTemperatures(work: work, observer: observer))]
    }
}
