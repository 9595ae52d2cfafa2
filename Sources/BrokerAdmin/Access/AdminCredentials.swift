import Foundation

/// What an operator shows to prove who it is (RFC 7617, RFC 6750).
package enum AdminCredentials: Sendable, Hashable {
    /// A user name and a password.
    case basic(userName: String, password: [UInt8])
    /// A token.
    case bearer(String)

    /// Reads the header `Authorization`.
    ///
    /// Nil for a scheme that is not known, or what is none.
    ///
    /// - Parameter header: Its value.
    init?(header: String) {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return nil }
        let value = String(parts[1]).trimmingCharacters(in: .whitespaces)
        switch parts[0].lowercased() {
        case "bearer": self = .bearer(value)
        case "basic":
            guard let decoded = Data(base64Encoded: value), let colon = decoded.firstIndex(of: UInt8(ascii: ":")),
                let userName = String(validating: decoded[..<colon], as: UTF8.self)
            else { return nil }
            self = .basic(userName: userName, password: Array(decoded[decoded.index(after: colon)...]))
        default: return nil
        }
    }
}
