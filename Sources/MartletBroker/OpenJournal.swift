import Journal
import SQLiteJournal

/// Opens the journal a configuration names; nil for a broker that forgets.
///
/// - Throws: ``BrokerError`` when the directory cannot be used.
func openJournal(_ configuration: BrokerConfiguration) throws -> (any Journal)? {
    switch configuration.storage {
    case .inMemory: return nil
    case .directory: throw BrokerError(.configuration, "to come")
    }
}
