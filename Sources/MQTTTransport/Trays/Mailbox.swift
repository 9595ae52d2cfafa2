import Synchronization

/// Trays on their way to another loop, in order.
final class Mailbox<Tray: Sendable>: Sendable {
    private let trays = Mutex<[Tray]>([])

    /// Adds a tray.
    ///
    /// - Returns: Whether it is the only one: then the other loop has to be told.
    func put(_ tray: Tray) -> Bool {
        trays.withLock { trays in
            trays.append(tray)
            return trays.count == 1
        }
    }

    /// Takes all that is there.
    func take() -> [Tray] {
        trays.withLock { trays in
            defer { trays = [] }
            return trays
        }
    }
}
