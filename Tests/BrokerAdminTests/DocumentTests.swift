import Foundation
import MartletBroker
import Testing
import Yams

@testable import BrokerAdmin

/// `docs/admin-api.yaml` says what the server does.
@Suite struct DocumentTests {
    private static func document() throws -> [String: Any] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/admin-api.yaml"), encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    private static func schema(_ name: String) throws -> [String: Any] {
        let components = try #require(try document()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        return try #require(schemas[name])
    }

    @Test func everyRouteIsDescribedAndNothingElse() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: Any]])
        var described: Set<String> = []
        for (path, operations) in paths {
            for method in operations.keys where method != "parameters" {
                described.insert("\(method.uppercased()) \(path)")
            }
        }
        #expect(described == Set(AdminRoute.all.map { "\($0.method) \($0.path)" }))
    }

    @Test func whatNeedsNoRightIsSaidToNeedNone() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: Any]])
        for route in AdminRoute.all {
            let operation = try #require(paths[route.path]?[route.method.lowercased()] as? [String: Any])
            #expect((operation["security"] != nil) == (route.right == .none), "\(route.path)")
        }
    }

    @Test func theCodesOfErrorsAreThoseThatThereAre() throws {
        let properties = try #require(try Self.schema("Error")["properties"] as? [String: [String: Any]])
        let inner = try #require(properties["error"]?["properties"] as? [String: [String: Any]])
        #expect(inner["code"]?["enum"] as? [String] == AdminError.Code.allCases.map(\.rawValue))
    }

    /// The members of a schema are those that its type is encoded with; the required ones are always there.
    @Test(arguments: [
        ("Session", MemberNames.of(SessionReport.self)), ("Subscription", MemberNames.of(SubscriptionReport.self)),
        ("Group", MemberNames.of(GroupReport.self)), ("Member", MemberNames.of(MemberReport.self)),
        ("Delivery", MemberNames.of(DeliveryReport.self)), ("Retained", MemberNames.of(RetainedReport.self)),
        ("State", MemberNames.of(StateReport.self)), ("Broker", MemberNames.of(BrokerReport.self)),
        ("Kick", MemberNames.of(KickReport.self)), ("Purge", MemberNames.of(PurgeReport.self)),
        ("Health", MemberNames.of(HealthBody.self)),
    ]) func theSchemasAreThoseOfTheTypes(name: String, members: MemberNames) throws {
        let schema = try Self.schema(name)
        let properties = try #require(schema["properties"] as? [String: Any])
        #expect(Set(properties.keys) == members.all)
        #expect(Set(schema["required"] as? [String] ?? []) == members.required)
    }
}
