import ArgumentParser
import ServiceLifecycle
import StateStoreClient

/// Counts a key up under a lock, again and again: for tests that kill who holds it.
///
/// Each number is printed when it was written. Two processes that print the same one have both held the lock.
struct StateCountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count a key up under a lock, until stopped.",
        shouldDisplay: false
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "The key of the number.")
    var key: String

    @Option(help: "The key of the lock.")
    var lock: String

    @Option(help: ArgumentHelp("How long the lock outlives its holder.", valueName: "seconds"))
    var lease = 2.0

    func run() async throws {
        let (key, lock, lease) = (try options.key(key), try options.key(lock), Duration.seconds(lease))
        try await options.run { store in
            let mutex = Lock(lock, in: store, configuration: LeaseConfiguration(duration: lease))
            // SIGTERM closes the client: what comes then is always refused.
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                do {
                    let number = try await mutex.withLock { held in
                        let box = Counted()
                        try await held.edit(key) { bytes in
                            let text = String(decoding: bytes ?? [], as: UTF8.self)
                            return Array("\(box.next(after: Int(text) ?? 0))".utf8)
                        }
                        return box.value
                    }
                    Output.line("\(number)")
                } catch let error as StateStoreError {
                    // It may be written or not; the next one sees.
                    Output.remark("not known: \(error)")
                }
            }
        }
    }
}

/// The number that an edit wrote last.
private final class Counted {
    private(set) var value = 0

    func next(after number: Int) -> Int {
        value = number + 1
        return value
    }
}
