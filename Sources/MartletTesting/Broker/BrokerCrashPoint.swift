/// Where a ``TestBroker`` dies: the instants of its life that differ in what is lost.
public enum BrokerCrashPoint: Sendable, CaseIterable {
    /// At once, wherever it is.
    case now
    /// When the next page of facts is handed to the journal: nothing of that turn is kept, and nobody was answered.
    case beforePageIsDurable
    /// When the next page is durable, before anybody was answered: publishers will send again what is kept already.
    case afterPageIsDurable
}
