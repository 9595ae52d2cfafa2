import NIOCore

/// What is to be done with the connections of one loop, on its way there from the loop of their owner.
struct CommandTray: Sendable {
    var commands: [ConnectionCommand] = []
    /// What is to be sent, in the order of the commands.
    var bytes = ByteBuffer()
    /// How long last bytes may take, in the order of the commands.
    var deadlines: [TimeAmount] = []
    /// Trays that came from the loop and are done: their bytes were taken.
    var returned: [EventTray] = []

    var isEmpty: Bool { commands.isEmpty && returned.isEmpty }

    /// Empties it, and keeps its storage for the next round unless that is very large.
    mutating func clear() {
        commands.removeAll(keepingCapacity: commands.count <= TrayLimits.keptEntries)
        deadlines.removeAll(keepingCapacity: deadlines.count <= TrayLimits.keptEntries)
        if bytes.storageCapacity > TrayLimits.keptStorage { bytes = ByteBuffer() } else { bytes.clear() }
    }
}
