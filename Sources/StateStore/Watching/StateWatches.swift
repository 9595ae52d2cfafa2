/// Who wants to hear of which keys: found by the hash of the key, and by the client, whose watches end together.
struct StateWatches {
    private var watches: [StateWatch] = []
    private var firstOfHash: [UInt32: Int32] = [:]
    private var firstOfClient: [Int32: Int32] = [:]
    private var countOfClient: [Int32: Int] = [:]
    private var firstFree = StateSlot.none
    /// How many watches there are.
    private(set) var count = 0
    private let limit: Int
    private let limitPerClient: Int

    init(_ configuration: StateStoreConfiguration) {
        limit = configuration.watches
        limitPerClient = configuration.watchesPerClient
    }

    mutating func insert(_ key: Span<UInt8>, hash: UInt32, client: Int32) throws(StateError) {
        if find(key, hash, client) != StateSlot.none { return }
        let ofClient = countOfClient[client, default: 0]
        guard count < limit, ofClient < limitPerClient else { throw .quotaExceeded }
        var watch = StateWatch(key: Array(span: key), hash: hash, client: client)
        watch.nextOfHash = firstOfHash[hash] ?? StateSlot.none
        watch.nextOfClient = firstOfClient[client] ?? StateSlot.none
        let number = place(watch)
        if watch.nextOfClient != StateSlot.none { watches[Int(watch.nextOfClient)].previousOfClient = number }
        firstOfHash[hash] = number
        firstOfClient[client] = number
        countOfClient[client] = ofClient + 1
        count += 1
    }

    mutating func remove(_ key: Span<UInt8>, hash: UInt32, client: Int32) -> Bool {
        let number = find(key, hash, client)
        if number == StateSlot.none { return false }
        remove(number)
        return true
    }

    mutating func removeAll(of client: Int32) {
        while let number = firstOfClient[client] { remove(number) }
    }

    @inline(__always)
    func forEach(_ key: Span<UInt8>, hash: UInt32, _ body: (Int32) -> Void) {
        var number = firstOfHash[hash] ?? StateSlot.none
        while number != StateSlot.none {
            let watch = watches[Int(number)]
            if watch.key.count == key.count, key.matches(watch.key.span) { body(watch.client) }
            number = watch.nextOfHash
        }
    }

    private func find(_ key: Span<UInt8>, _ hash: UInt32, _ client: Int32) -> Int32 {
        var number = firstOfHash[hash] ?? StateSlot.none
        while number != StateSlot.none {
            let watch = watches[Int(number)]
            if watch.client == client, watch.key.count == key.count, key.matches(watch.key.span) { break }
            number = watch.nextOfHash
        }
        return number
    }

    private mutating func place(_ watch: StateWatch) -> Int32 {
        guard firstFree != StateSlot.none else {
            watches.append(watch)
            return Int32(watches.count - 1)
        }
        let number = firstFree
        firstFree = watches[Int(number)].nextOfHash
        watches[Int(number)] = watch
        return number
    }

    private mutating func remove(_ number: Int32) {
        let watch = watches[Int(number)]
        unchain(number, watch)
        if watch.nextOfClient != StateSlot.none {
            watches[Int(watch.nextOfClient)].previousOfClient = watch.previousOfClient
        }
        if watch.previousOfClient != StateSlot.none {
            watches[Int(watch.previousOfClient)].nextOfClient = watch.nextOfClient
        } else {
            firstOfClient[watch.client] = watch.nextOfClient == StateSlot.none ? nil : watch.nextOfClient
        }
        let left = countOfClient[watch.client, default: 1] - 1
        countOfClient[watch.client] = left == 0 ? nil : left
        watches[Int(number)] = StateWatch(key: [], hash: 0, client: 0, nextOfHash: firstFree)
        firstFree = number
        count -= 1
    }

    /// Takes a watch out of the chain of its hash.
    private mutating func unchain(_ number: Int32, _ watch: StateWatch) {
        guard var before = firstOfHash[watch.hash], before != number else {
            firstOfHash[watch.hash] = watch.nextOfHash == StateSlot.none ? nil : watch.nextOfHash
            return
        }
        while watches[Int(before)].nextOfHash != number { before = watches[Int(before)].nextOfHash }
        watches[Int(before)].nextOfHash = watch.nextOfHash
    }
}
