import Foundation
import StateStoreClient

/// The lines of an export: JSON, one object a line, with all bytes in Base64 (`docs/guides/state-store.md`).
enum StateExportLine {
    struct Header: Codable {
        var format: String
        var formatVersion: Int
    }

    struct Item: Codable {
        var key: String
        var value: String
        var version: String?
    }

    struct End: Codable {
        var count: Int
    }

    static let format = "martlet-state"
    static let formatVersion = 1

    static var header: String { JSONLine.encode(Header(format: format, formatVersion: formatVersion)) }

    static func line(_ item: StateStoreScanItem) -> String {
        JSONLine.encode(
            Item(
                key: Data(item.key.bytes).base64EncodedString(),
                value: Data(item.value ?? []).base64EncodedString(),
                version: "\(item.version)"
            )
        )
    }

    static func end(_ count: Int) -> String { JSONLine.encode(End(count: count)) }
}
