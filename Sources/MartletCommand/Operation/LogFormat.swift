import ArgumentParser
import Logging

/// How lines of the log look.
enum LogFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// For people.
    case text
    /// A JSON object a line, for machines.
    case json

    /// What writes the lines of a logger to standard error.
    func handler(label: String) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler.standardError(label: label)
        case .json: JSONLogHandler(label: label)
        }
    }
}
