/// Something that a checkpoint is to note.
package enum CheckpointChange: Sendable {
    /// A key has this value.
    case put(CheckpointRow)
    /// What was noted of a key is not to be used any more.
    case forget([UInt8])

    var key: [UInt8] {
        switch self {
        case .put(let row): row.key
        case .forget(let key): key
        }
    }

    var row: CheckpointRow? {
        switch self {
        case .put(let row): row
        case .forget: nil
        }
    }

    var size: Int {
        switch self {
        case .put(let row): row.key.count + row.value.count + 64
        case .forget(let key): key.count + 64
        }
    }
}
