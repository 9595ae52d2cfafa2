import StateStoreClient

/// Which store it is: a text that stands under the worker's root from the first use of the store on.
///
/// A store that lost everything does not have it, or has another. Each commit that touches the state checks it, so what was
/// learnt from one incarnation is never written to the next.
struct StoreIncarnation: Sendable, Equatable {
    /// How the text begins.
    static let prefix = "martlet-store "

    /// The text.
    var text: [UInt8]
    /// The version of the text.
    var version: StateStoreVersion

    /// Makes the text of a new incarnation.
    ///
    /// - Parameter random: 64 random bits.
    /// - Returns: The text.
    static func makeText(_ random: UInt64) -> [UInt8] {
        Array((prefix + String(random, radix: 16)).utf8)
    }
}
