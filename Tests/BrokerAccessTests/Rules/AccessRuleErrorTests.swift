import Testing

@testable import BrokerAccess

@Suite struct AccessRuleErrorTests {
    @Test(arguments: [
        (AccessRule(users: []), "users", "nobody"),
        (AccessRule(clients: []), "clients", "nobody"),
        (AccessRule(groups: []), "groups", "nobody"),
        (AccessRule(attributes: ["site": []]), "attributes.site", "nobody"),
        (AccessRule(clients: ["{client}"]), "clients", "leave the list out"),
        (AccessRule(users: [#"a\b"#]), "users", "backslash"),
        (AccessRule(clients: ["{user}*"]), "clients", "separator"),
        (AccessRule(publish: [""]), "publish", "empty"),
        (AccessRule(publish: ["a/#/b"]), "publish", "last level"),
        (AccessRule(publish: ["a+"]), "publish", "a level of its own"),
        (AccessRule(publish: ["$share/g/a"]), "publish", "nobody publishes"),
        (AccessRule(publish: ["{usr}/a"]), "publish", "{usr}"),
        (AccessRule(publish: ["{user/a"]), "publish", "not closed"),
        (AccessRule(publish: ["{user}{client}"]), "publish", "separator"),
        (AccessRule(publish: ["a\u{0}"]), "publish", "U+0000"),
        (AccessRule(publish: [Array(repeating: "a", count: 201).joined(separator: "/")]), "publish", "levels"),
        (AccessRule(subscribe: ["$share/g"]), "subscribe", "$share/GROUP/FILTER"),
        (AccessRule(subscribe: ["$share//a"]), "subscribe", "$share/GROUP/FILTER"),
        (AccessRule(subscribe: ["$share/a+/a"]), "subscribe", "a name, or '+'"),
        (AccessRule(subscribe: ["$share/g/"]), "subscribe", "empty"),
        (AccessRule(readState: [""]), "readState", "'*' for all"),
        (AccessRule(writeState: ["*{user}"]), "writeState", "separator"),
        (AccessRule(writeState: ["{attribute.}"]), "writeState", "{attribute.}"),
        (AccessRule(writeState: [String(repeating: "a", count: 65_536)]), "all fields", "bytes"),
    ])
    func mistakesAreNamed(rule: AccessRule, field: String, words: String) {
        var named = rule
        named.name = "mine"
        let error = #expect(throws: AccessRuleError.self) { try AccessPolicy([AccessRule(), named]) }
        #expect(error?.rule == 1 && error?.name == "mine" && error?.field == field)
        #expect(error?.description.hasPrefix("rule 2 ('mine'), \(field): ") == true)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func listsHaveABound() {
        var limits = AccessLimits()
        limits.rules = 2
        limits.textsPerRule = 3
        let many = #expect(throws: AccessRuleError.self) {
            try AccessPolicy(Array(repeating: AccessRule(), count: 3), limits: limits)
        }
        #expect(many?.code == .limit)
        let long = #expect(throws: AccessRuleError.self) {
            try AccessPolicy([AccessRule(users: ["a", "b"], publish: ["a", "b"])], limits: limits)
        }
        #expect(long?.code == .limit)
        #expect(throws: Never.self) {
            try AccessPolicy([AccessRule(users: ["a"], publish: ["a", "b"])], limits: limits)
        }
    }
}
