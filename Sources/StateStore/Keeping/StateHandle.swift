/// A key's place in the store: valid until the key is removed.
package struct StateHandle: Hashable, Sendable {
    let index: Int32

    @inline(__always)
    init(_ index: Int32) {
        self.index = index
    }
}
