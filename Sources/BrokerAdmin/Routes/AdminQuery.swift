import Foundation
import Hummingbird

/// The parameters of a request: each is known, and says what it must.
struct AdminQuery {
    private let values: [String: String]
    private let parameters: Parameters
    private let limits: AdminLimits

    /// Reads them.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - context: What is known of it.
    ///   - known: The parameters behind the path that the request may have.
    ///   - limits: The bounds of the API.
    /// - Throws: ``AdminError`` for one that there is not, or that stands twice.
    init(_ request: Request, _ context: AdminContext, known: Set<String>, _ limits: AdminLimits) throws(AdminError) {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            guard known.contains(String(name)) else {
                let names = known.sorted().joined(separator: ", ")
                throw AdminError(
                    .invalid,
                    "There is no parameter '\(name)' here; there are: \(names.isEmpty ? "none" : names)."
                )
            }
            guard values.updateValue(String(value), forKey: String(name)) == nil else {
                throw AdminError(.invalid, "The parameter '\(name)' stands there twice.")
            }
        }
        self.values = values
        self.parameters = context.parameters
        self.limits = limits
    }

    /// A parameter behind the path; nil where it is not given.
    subscript(name: String) -> String? { values[name] }

    /// A part of the path, decoded.
    func part(_ name: String) throws(AdminError) -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding, !text.isEmpty else {
            throw AdminError(.invalid, "The path has no \(name), or it is no percent-encoded UTF-8.")
        }
        return text
    }

    func flag(_ name: String) throws(AdminError) -> Bool? {
        guard let text = values[name] else { return nil }
        guard let flag = Bool(text) else { throw AdminError(.invalid, "'\(name)' is true or false, not '\(text)'.") }
        return flag
    }

    /// How many items a list shows.
    func limit() throws(AdminError) -> Int {
        guard let text = values["limit"] else { return limits.defaultItems }
        guard let limit = Int(text), (1...limits.items).contains(limit) else {
            throw AdminError(.invalid, "'limit' is a number from 1 to \(limits.items), not '\(text)'.")
        }
        return limit
    }

    /// Where a list goes on.
    func cursor() throws(AdminError) -> UInt64 {
        guard let text = values["cursor"] else { return 0 }
        guard let cursor = UInt64(text) else {
            throw AdminError(.invalid, "'cursor' is what the page before gave, not '\(text)'.")
        }
        return cursor
    }
}
