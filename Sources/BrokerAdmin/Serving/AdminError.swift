package import HTTPTypes
package import Hummingbird

/// Why a request was not done, or the server could not start; a response says it as JSON: `{"error": {"code": …, "message": …}}`.
package struct AdminError: HTTPResponseError, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: String, Sendable, CaseIterable, Codable {
        /// A setting is wrong.
        case configuration
        /// The address cannot be listened on.
        case bind
        /// A parameter is missing or cannot be.
        case invalid
        /// Who asks has not proven who it is.
        case unauthenticated
        /// Who asks may not do that.
        case forbidden
        /// There is no such path, session, group or message.
        case notFound = "not-found"
        /// The path has no such method.
        case method
        /// The body is too large.
        case tooLarge = "too-large"
        /// There are too many requests at one time, or the engine does not answer.
        case busy
        /// The broker does not run.
        case unavailable
        /// Something failed that should not.
        case failed
    }

    package var code: Code
    package var message: String
    /// What lies under it.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { "\(code.rawValue): \(message)" }

    package var status: HTTPResponse.Status {
        switch code {
        case .invalid: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .method: .methodNotAllowed
        case .tooLarge: .contentTooLarge
        case .busy, .unavailable: .serviceUnavailable
        case .configuration, .bind, .failed: .internalServerError
        }
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = JSONResponse.make(AdminErrorBody(error: .init(code: code, message: message)), status: status)
        if code == .unauthenticated {
            response.headers[.wwwAuthenticate] = "Basic realm=\"martlet\", charset=\"UTF-8\", Bearer realm=\"martlet\""
        }
        if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }
}
