/// A rule, checked and taken apart.
struct CompiledRule: Sendable {
    /// A condition on an attribute.
    struct Attribute: Sendable {
        var name: String
        var values: [GlobPattern]
    }

    /// What of a rule takes something over from the client.
    struct Templates: Sendable {
        var publish: [FilterTemplate] = []
        var subscribe: [FilterTemplate] = []
        var readState: [AccessTemplate] = []
        var writeState: [AccessTemplate] = []

        var isEmpty: Bool { publish.isEmpty && subscribe.isEmpty && readState.isEmpty && writeState.isEmpty }
    }

    var users: [GlobPattern]?
    var clients: [AccessTemplate]?
    var groups: [GlobPattern]?
    var attributes: [Attribute]
    var connect: Bool
    var fixed: AccessPart
    var templates: Templates

    /// The user names it is for, where it is for no others.
    var userNames: [[UInt8]]? {
        guard let users else { return nil }
        let names = users.compactMap(\.name)
        return names.count == users.count ? names : nil
    }

    /// Whether the rule is for a client: all its conditions hold.
    func isFor(_ principal: Principal) -> Bool {
        if let users {
            guard let name = principal.userName, users.contains(where: { $0.matches(name) }) else { return false }
        }
        if let groups {
            guard principal.groups.contains(where: { group in groups.contains { $0.matches(group) } }) else {
                return false
            }
        }
        for attribute in attributes {
            guard let value = principal.attributes[attribute.name],
                attribute.values.contains(where: { $0.matches(value) })
            else { return false }
        }
        return clients?.contains { Self.names($0, principal) } ?? true
    }

    private static func names(_ template: AccessTemplate, _ principal: Principal) -> Bool {
        func holds(_ group: String?) -> Bool {
            guard let parts = template.parts(of: principal, group: group) else { return false }
            return GlobPattern(parts).matches(principal.clientIdentifier)
        }
        return template.namesGroup ? principal.groups.contains(where: holds) : holds(nil)
    }
}
