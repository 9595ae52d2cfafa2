/// A tree of topic levels: the subscriptions by their filters, or the retained messages by their topics.
///
/// All nodes lie in one array; children are found through one hash table keyed by parent and level, so a match allocates nothing.
struct TopicTree {
    /// One level below its parent.
    struct Node {
        var parent: Int32
        /// The level's bytes.
        var level: [UInt8]
        var hash: UInt64
        var firstChild: Int32 = -1
        var previousSibling: Int32 = -1
        var nextSibling: Int32 = -1
        /// The child for `+` (only in a tree of filters).
        var plus: Int32 = -1
        /// The child for `#` (only in a tree of filters).
        var hashSign: Int32 = -1
        /// How many values hang here, and children there are: at none the node is freed.
        var uses: Int32 = 0
    }

    static let root: Int32 = 0
    private static let plusByte = UInt8(ascii: "+")
    private static let hashByte = UInt8(ascii: "#")
    private static let slash = UInt8(ascii: "/")

    private(set) var nodes: [Node]
    private var free: [Int32] = []
    /// Open addressing: node + 1, or 0 for empty.
    ///
    /// The size is a power of two and at most half full.
    private var table: [Int32] = Array(repeating: 0, count: 64)
    private var used = 0
    private let seed: UInt64

    /// - Parameter seed: Mixed into the hashes, so that no peer can choose levels that collide.
    init(seed: UInt64) {
        self.seed = seed | 1
        nodes = [Node(parent: -1, level: [], hash: seed, uses: 1)]
    }

    // MARK: Hashing

    @inline(__always)
    private func hash(parent: Int32, bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        let start = seed ^ (UInt64(UInt32(bitPattern: parent)) &* 0x9E37_79B9_7F4A_7C15)
        return EngineHash.mixed(EngineHash.add(bytes, range, to: start))
    }

    private func equal(_ level: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard level.count == range.count else { return false }
        var index = range.lowerBound
        for byte in level {
            if byte != bytes[index] { return false }
            index += 1
        }
        return true
    }

    /// The child of a node for the level that stands in a range of bytes.
    func child(of parent: Int32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int32? {
        let hash = hash(parent: parent, bytes: bytes, range)
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] != 0 {
            let node = table[slot] - 1
            if nodes[Int(node)].hash == hash, nodes[Int(node)].parent == parent,
                equal(nodes[Int(node)].level, bytes, range)
            {
                return node
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    // MARK: Growing and shrinking

    /// The node of a path, made where it is missing; each call is one use, given back by ``remove(_:)``.
    mutating func insert(_ path: Span<UInt8>, wildcards: Bool) -> Int32 {
        var node = Self.root
        var start = 0
        while true {
            var end = start
            while end < path.count, path[end] != Self.slash { end += 1 }
            node = child(of: node, path, start..<end) ?? add(to: node, path, start..<end, wildcards: wildcards)
            if end == path.count { break }
            start = end + 1
        }
        nodes[Int(node)].uses += 1
        return node
    }

    /// The node of a path, where there is one.
    func find(_ path: Span<UInt8>) -> Int32? {
        var node = Self.root
        var start = 0
        while true {
            var end = start
            while end < path.count, path[end] != Self.slash { end += 1 }
            guard let next = child(of: node, path, start..<end) else { return nil }
            node = next
            if end == path.count { return node }
            start = end + 1
        }
    }

    private mutating func add(to parent: Int32, _ bytes: Span<UInt8>, _ range: Range<Int>, wildcards: Bool) -> Int32 {
        var level: [UInt8] = []
        level.append(span: bytes.extracting(range))
        let hash = hash(parent: parent, bytes: bytes, range)
        var made = Node(parent: parent, level: level, hash: hash)
        made.nextSibling = nodes[Int(parent)].firstChild
        let node: Int32
        if let reused = free.popLast() {
            node = reused
            nodes[Int(node)] = made
        } else {
            nodes.append(made)
            node = Int32(nodes.count - 1)
        }
        if made.nextSibling >= 0 { nodes[Int(made.nextSibling)].previousSibling = node }
        nodes[Int(parent)].firstChild = node
        nodes[Int(parent)].uses += 1
        if wildcards, level == [Self.plusByte] { nodes[Int(parent)].plus = node }
        if wildcards, level == [Self.hashByte] { nodes[Int(parent)].hashSign = node }
        used += 1
        if used * 2 > table.count { enlarge() }
        place(node)
        return node
    }

    private mutating func place(_ node: Int32) {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: nodes[Int(node)].hash) & mask
        while table[slot] != 0 { slot = (slot + 1) & mask }
        table[slot] = node + 1
    }

    private mutating func enlarge() {
        let old = table
        table = Array(repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { place(entry - 1) }
    }

    /// Gives back one use of a node; nodes without any are freed up to the root.
    mutating func remove(_ node: Int32) {
        var node = node
        nodes[Int(node)].uses -= 1
        while node != Self.root, nodes[Int(node)].uses == 0 {
            let parent = nodes[Int(node)].parent
            unlink(node)
            free.append(node)
            nodes[Int(parent)].uses -= 1
            node = parent
        }
    }

    private mutating func unlink(_ node: Int32) {
        let gone = nodes[Int(node)]
        if gone.previousSibling >= 0 {
            nodes[Int(gone.previousSibling)].nextSibling = gone.nextSibling
        } else {
            nodes[Int(gone.parent)].firstChild = gone.nextSibling
        }
        if gone.nextSibling >= 0 { nodes[Int(gone.nextSibling)].previousSibling = gone.previousSibling }
        if nodes[Int(gone.parent)].plus == node { nodes[Int(gone.parent)].plus = -1 }
        if nodes[Int(gone.parent)].hashSign == node { nodes[Int(gone.parent)].hashSign = -1 }
        nodes[Int(node)].level = []
        erase(node, hash: gone.hash)
        used -= 1
    }

    /// Takes a node out of the table and closes the gap, so that no probe ends too early.
    private mutating func erase(_ node: Int32, hash: UInt64) {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] != node + 1 { slot = (slot + 1) & mask }
        var hole = slot
        var probe = (hole + 1) & mask
        while table[probe] != 0 {
            let home = Int(truncatingIfNeeded: nodes[Int(table[probe] - 1)].hash) & mask
            if (probe - home) & mask >= (probe - hole) & mask {
                table[hole] = table[probe]
                hole = probe
            }
            probe = (probe + 1) & mask
        }
        table[hole] = 0
    }
}
