import Journal
import SQLiteJournal

/// Opens the journal a configuration names; nil for a broker that forgets.
///
/// - Throws: ``BrokerError`` when the directory cannot be used, or another broker uses it.
func openJournal(_ configuration: BrokerConfiguration) throws -> (any Journal)? {
    guard case .directory(let directory) = configuration.storage else { return nil }
    do throws(JournalError) {
        let options = SQLiteJournalOptions(onDamage: configuration.acceptsDataLoss ? .salvage : .refuse)
        return try SQLiteJournal(directory: directory, options: options)
    } catch {
        switch error.code {
        case .busy: throw BrokerError(.inUse, error.message, cause: error)
        case .damaged: throw BrokerError(.damaged, error.message, cause: error)
        default: throw BrokerError(.journal, error.message, cause: error)
        }
    }
}
