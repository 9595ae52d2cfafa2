import StateStoreClient

/// Which store it is: a text that stands under the worker's root from the first use of the store on.
///
/// A store that lost everything does not have it, or has another. Each commit that touches the state checks it, so what was
/// learnt from one incarnation is never written to the next.
struct StoreIncarnation: Sendable, Equatable {
    /// What a text says.
    enum Stage: Equatable {
        /// The store is in use.
        case open(String)
        /// The replicas put back what they know; nobody handles messages until it is open.
        case seeding(String)
        /// It was not written by a worker.
        case foreign

        private static let open = "martlet-store "
        private static let seeding = "martlet-seeding "

        /// Reads a text.
        ///
        /// - Parameter text: What stands in the store.
        init(_ text: [UInt8]) {
            let text = String(decoding: text, as: UTF8.self)
            if text.hasPrefix(Self.open) {
                self = .open(String(text.dropFirst(Self.open.count)))
            } else if text.hasPrefix(Self.seeding) {
                self = .seeding(String(text.dropFirst(Self.seeding.count)))
            } else {
                self = .foreign
            }
        }

        /// The text; none for a foreign one.
        var text: [UInt8] {
            switch self {
            case .open(let number): Array((Self.open + number).utf8)
            case .seeding(let number): Array((Self.seeding + number).utf8)
            case .foreign: []
            }
        }
    }

    /// The text.
    var text: [UInt8]
    /// The version of the text.
    var version: StateStoreVersion
}
