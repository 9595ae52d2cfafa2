import BrokerAdmin
import Foundation
import MartletBroker
import MartletTesting
import NIOHTTP1
import Testing

/// Who gets in, and for what.
@Suite(.timeLimit(.minutes(5)))
struct AccessTests {
    private static func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

    private static let authenticator: AdminAccess.Authenticator = { credentials in
        switch credentials {
        case .basic("ada", Array("right:with:colons".utf8)): BrokerOperator(userName: "ada", groups: ["admin"])
        case .basic("ben", Array("right".utf8)): BrokerOperator(userName: "ben", groups: ["admin-read"])
        case .bearer("token"): BrokerOperator(userName: "carl", groups: ["others"])
        default: nil
        }
    }

    @Test(arguments: [
        (nil, "GET", 401), ("Basic %%%", "GET", 401), ("Digest x", "GET", 401), (basic("ada:wrong"), "GET", 401),
        (basic("ada:right:with:colons"), "GET", 200), (basic("ada:right:with:colons"), "DELETE", 200),
        (basic("ben:right"), "GET", 200), (basic("ben:right"), "DELETE", 403), ("Bearer token", "GET", 403),
        ("Bearer other", "GET", 401), ("bearer  token ", "DELETE", 403),
    ]) func onlyWhoMayGetsIn(authorization: String?, method: String, status: Int) async throws {
        try await withAdmin(configure: { $0.access = AdminAccess(authenticator: Self.authenticator) }) { _, admin in
            var admin = admin
            admin.authorization = authorization
            let answer = try await admin.send(method, "/v1/retained?filter=a")
            #expect(answer.status == status)
            if status == 401 { #expect(answer.headers["WWW-Authenticate"].first?.hasPrefix("Basic") == true) }
            // Probes have no password; metrics need the right to look.
            #expect(try await admin.status("/ready") == 200)
            let mayLook = status == 200 || (status == 403 && method == "DELETE" && authorization != "bearer  token ")
            #expect((try await admin.status("/metrics") == 200) == mayLook)
        }
    }

    @Test func anAddressThatAnybodyReachesNeedsAuthentication() {
        for host in ["0.0.0.0", "::", "192.0.2.1", "example.org"] {
            var configuration = AdminConfiguration()
            configuration.host = host
            #expect(throws: AdminError.self) { try configuration.check() }
            configuration.access.authenticator = Self.authenticator
            #expect(throws: Never.self) { try configuration.check() }
        }
        for host in ["127.0.0.1", "127.8.9.1", "::1", "localhost"] {
            var configuration = AdminConfiguration()
            configuration.host = host
            #expect(throws: Never.self) { try configuration.check() }
        }
    }
}
