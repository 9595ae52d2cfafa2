import HTTPTypes
import Hummingbird

/// What a probe is told.
enum HealthAnswer {
    /// 200, or 503 with what is in the way.
    static func make(_ obstacle: String?) -> Response {
        guard let obstacle else { return JSONResponse.make(HealthBody(status: "ok")) }
        return JSONResponse.make(HealthBody(status: "failing", reason: obstacle), status: .serviceUnavailable)
    }
}

/// How health is told.
package struct HealthBody: Codable, Sendable {
    /// `ok` or `failing`.
    package var status: String
    /// What is in the way.
    package var reason: String?
}
