/// The rules of who may do what, compiled: a value that a reload replaces as a whole.
package struct AccessPolicy: Sendable {
    private var rules: [CompiledRule] = []
    /// The rules that are for a user by name, by that name.
    private var byUser: [[UInt8]: [Int]] = [:]
    /// All other rules.
    private var others: [Int] = []
    private var limits = AccessLimits()

    /// A policy without a rule: it allows nobody anything.
    package init() {}

    /// Compiles rules.
    ///
    /// - Parameters:
    ///   - rules: The rules; in which order does not matter.
    ///   - limits: The bounds of them.
    /// - Throws: What is wrong with the first rule that is wrong.
    package init(_ rules: [AccessRule], limits: AccessLimits = AccessLimits()) throws(AccessRuleError) {
        self.limits = limits
        guard rules.count <= limits.rules else {
            throw AccessRuleError(
                code: .limit,
                rule: limits.rules,
                field: "rules",
                message:
                    "there are at most \(limits.rules) rules; use groups, attributes and {user} instead of one rule a client"
            )
        }
        for (index, rule) in rules.enumerated() {
            let compiled = try CompiledRule(rule, at: index, limits)
            self.rules.append(compiled)
            if let names = compiled.userNames {
                for name in Set(names) { byUser[name, default: []].append(index) }
            } else {
                others.append(index)
            }
        }
    }

    /// What one client may do, with the substitutions of its name already made.
    ///
    /// - Parameter principal: Who the client is.
    /// - Returns: What it may do; asking that allocates nothing.
    package func access(for principal: Principal) -> ConnectionAccess {
        var candidates = others
        if let name = principal.userName { candidates += byUser[Array(name.utf8)] ?? [] }
        let matching = candidates.filter { rules[$0].isFor(principal) }
        var parts: [AccessPart] = matching.map { rules[$0].fixed }.filter { !$0.isEmpty }
        let own = substituted(matching, principal)
        if !own.isEmpty { parts.append(own) }
        return ConnectionAccess(
            mayConnect: matching.contains { rules[$0].connect },
            clientIdentifier: Array(principal.clientIdentifier.utf8),
            parts: parts
        )
    }

    /// What the texts of rules with a `{…}` in them come to for one client.
    private func substituted(_ matching: [Int], _ principal: Principal) -> AccessPart {
        var left = limits.substitutionsPerClient
        func each<Template, Value>(
            _ templates: [Template],
            _ namesGroup: (Template) -> Bool,
            _ value: (Template, String?) -> Value?
        ) -> [Value] {
            var values: [Value] = []
            for template in templates {
                let groups: [String?] = namesGroup(template) ? principal.groups : [nil]
                for group in groups where left > 0 {
                    guard let one = value(template, group) else { continue }
                    values.append(one)
                    left -= 1
                }
            }
            return values
        }
        func filters(_ templates: [FilterTemplate]) -> [FilterTemplate.Filter] {
            each(templates, \.namesGroup) { $0.filter(for: principal, group: $1) }
        }
        func keys(_ templates: [AccessTemplate]) -> [GlobPattern] {
            each(templates, \.namesGroup) { $0.parts(of: principal, group: $1).map(GlobPattern.init) }
        }
        let templates = matching.map { rules[$0].templates }
        return AccessPart(
            publish: filters(templates.flatMap(\.publish)),
            subscribe: filters(templates.flatMap(\.subscribe)),
            readState: keys(templates.flatMap(\.readState)),
            writeState: keys(templates.flatMap(\.writeState))
        )
    }
}
