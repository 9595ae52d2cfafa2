import Foundation
import StateStoreClient

/// Reads an export line by line, and notices when it is none or was cut off.
struct StateExportReader {
    private var line = 0
    private var hasHeader = false
    private var count = 0
    private var end: Int?

    /// Reads a line.
    ///
    /// - Parameter bytes: The line, without its end.
    /// - Returns: The key and value that it holds; `nil` for the first and the last line.
    /// - Throws: ``CommandFailure`` with the number of the line.
    mutating func read(_ bytes: [UInt8]) throws -> (key: StateStoreKey, value: [UInt8])? {
        line += 1
        let data = Data(bytes)
        let decoder = JSONDecoder()
        guard hasHeader else {
            guard let header = try? decoder.decode(StateExportLine.Header.self, from: data),
                header.format == StateExportLine.format
            else { throw CommandFailure("this is no export of 'martlet state export': line 1 does not say so") }
            guard header.formatVersion <= StateExportLine.formatVersion else {
                throw CommandFailure("the export was made by a newer martlet (format \(header.formatVersion))")
            }
            hasHeader = true
            return nil
        }
        if end != nil { throw CommandFailure("line \(line) stands behind the end of the export") }
        if let item = try? decoder.decode(StateExportLine.Item.self, from: data) {
            guard let key = Data(base64Encoded: item.key), let value = Data(base64Encoded: item.value), !key.isEmpty
            else { throw CommandFailure("line \(line): the key or the value is not Base64") }
            count += 1
            return (StateStoreKey(Array(key)), Array(value))
        }
        guard let end = try? decoder.decode(StateExportLine.End.self, from: data) else {
            throw CommandFailure("line \(line) is neither a key nor the end of the export")
        }
        guard end.count == count else {
            throw CommandFailure("the export says that it has \(end.count) keys, and it has \(count)")
        }
        self.end = end.count
        return nil
    }

    /// Checks that nothing is missing at the end.
    func finish() throws {
        if end == nil { throw CommandFailure("the export is cut off behind line \(line): its last line is missing") }
    }
}
