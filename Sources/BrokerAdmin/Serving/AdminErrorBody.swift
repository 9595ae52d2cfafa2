/// How an error is told.
package struct AdminErrorBody: Codable, Sendable {
    /// What went wrong.
    package struct Content: Codable, Sendable {
        package var code: AdminError.Code
        package var message: String
    }

    package var error: Content
}
