import NIOCore

/// What happened on the connections of one loop in one round, on its way to the loop of their owner.
struct EventTray: Sendable {
    var events: [ConnectionEvent] = []
    /// What was received, in the order of the events.
    var bytes = ByteBuffer()
    /// Where opened connections came from, in the order of the events.
    var origins: [ConnectionOrigin] = []
    /// Trays that came from the owner and are done: their bytes are with the sockets.
    var returned: [CommandTray] = []
    /// Bytes that it brought, once it is empty again.
    var brought = 0

    var isEmpty: Bool { events.isEmpty && returned.isEmpty }

    /// Empties it, and keeps its storage for the next round unless that is very large.
    mutating func clear() {
        brought = bytes.readableBytes
        events.removeAll(keepingCapacity: events.count <= TrayLimits.keptEntries)
        origins.removeAll(keepingCapacity: origins.count <= TrayLimits.keptEntries)
        if bytes.storageCapacity > TrayLimits.keptStorage { bytes = ByteBuffer() } else { bytes.clear() }
    }
}
