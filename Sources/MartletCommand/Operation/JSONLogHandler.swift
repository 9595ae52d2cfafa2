import Foundation
import Logging

/// Writes each line of the log as a JSON object: `time`, `level`, `label`, `message`, and where there are any `error` and `metadata`.
struct JSONLogHandler: LogHandler {
    /// A line.
    private struct Line: Encodable {
        var time: String
        var level: String
        var label: String
        var message: String
        var error: String?
        var metadata: [String: Value]?
    }

    /// A value of the metadata.
    private enum Value: Encodable {
        case text(String)
        case list([Value])
        case members([String: Value])

        init(_ value: Logger.MetadataValue) {
            switch value {
            case .string(let text): self = .text(text)
            case .stringConvertible(let value): self = .text(value.description)
            case .array(let values): self = .list(values.map { Value($0) })
            case .dictionary(let members): self = .members(members.mapValues { Value($0) })
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .list(let values): try container.encode(values)
            case .members(let members): try container.encode(members)
            }
        }
    }

    let label: String
    private let write: @Sendable (String) -> Void
    var metadataProvider: Logger.MetadataProvider?
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.info

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The label of the logger.
    ///   - write: Takes a line; standard error unless a test says otherwise.
    init(label: String, write: @escaping @Sendable (String) -> Void = { Output.remark($0) }) {
        self.label = label
        self.write = write
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        let line = Line(
            time: Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            level: event.level.rawValue,
            label: label,
            message: event.message.description,
            error: event.error.map { "\($0)" },
            metadata: all.isEmpty ? nil : all.mapValues { Value($0) }
        )
        write(JSONLine.encode(line))
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
