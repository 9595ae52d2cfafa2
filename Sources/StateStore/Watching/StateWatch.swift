/// One client's wish to hear of one key.
struct StateWatch {
    var key: [UInt8]
    var hash: UInt32
    var client: Int32
    /// The next watch of a key with the same hash; of a free one: the next free one.
    var nextOfHash = StateSlot.none
    /// The client's next watch.
    var nextOfClient = StateSlot.none
    /// The client's watch before this one.
    var previousOfClient = StateSlot.none
}
