extension CompiledRule {
    /// Checks a rule and takes it apart.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - index: Where it stands in the list.
    ///   - limits: The bounds.
    /// - Throws: What is wrong with it.
    init(_ rule: AccessRule, at index: Int, _ limits: AccessLimits) throws(AccessRuleError) {
        let compiling = Compiling(rule: rule, index: index, limits: limits)
        try compiling.checkSize()
        users = try compiling.conditions(rule.users, "users")
        groups = try compiling.conditions(rule.groups, "groups")
        var attributes: [Attribute] = []
        for (name, values) in rule.attributes.sorted(by: { $0.key < $1.key }) {
            let patterns = try compiling.conditions(values, "attributes.\(name)") ?? []
            attributes.append(Attribute(name: name, values: patterns))
        }
        self.attributes = attributes
        clients = try compiling.clients()
        connect = rule.connect
        let publish = try compiling.filters(rule.publish, "publish", allowsShare: false)
        let subscribe = try compiling.filters(rule.subscribe, "subscribe", allowsShare: true)
        let readState = try compiling.keys(rule.readState, "readState")
        let writeState = try compiling.keys(rule.writeState, "writeState")
        fixed = AccessPart(
            publish: publish.filter(\.isFixed).compactMap { $0.filter(for: nil, group: nil) },
            subscribe: subscribe.filter(\.isFixed).compactMap { $0.filter(for: nil, group: nil) },
            readState: readState.filter(\.isFixed).compactMap { $0.parts(of: nil, group: nil) }.map(GlobPattern.init),
            writeState: writeState.filter(\.isFixed).compactMap { $0.parts(of: nil, group: nil) }
                .map(GlobPattern.init)
        )
        templates = Templates(
            publish: publish.filter { !$0.isFixed },
            subscribe: subscribe.filter { !$0.isFixed },
            readState: readState.filter { !$0.isFixed },
            writeState: writeState.filter { !$0.isFixed }
        )
    }

    /// One rule on its way.
    private struct Compiling {
        var rule: AccessRule
        var index: Int
        var limits: AccessLimits

        func error(_ code: AccessRuleError.Code, _ field: String, _ message: String) -> AccessRuleError {
            AccessRuleError(code: code, rule: index, name: rule.name, field: field, message: message)
        }

        func checkSize() throws(AccessRuleError) {
            let lists =
                [
                    rule.users ?? [], rule.clients ?? [], rule.groups ?? [], rule.publish, rule.subscribe,
                    rule.readState, rule.writeState,
                ] + Array(rule.attributes.values)
            guard lists.reduce(0, { $0 + $1.count }) <= limits.textsPerRule else {
                throw error(.limit, "all fields", "a rule has at most \(limits.textsPerRule) texts")
            }
            guard lists.allSatisfy({ $0.allSatisfy { $0.utf8.count <= limits.textBytes } }) else {
                throw error(.limit, "all fields", "a text has at most \(limits.textBytes) bytes")
            }
        }

        func conditions(_ texts: [String]?, _ field: String) throws(AccessRuleError) -> [GlobPattern]? {
            guard let texts else { return nil }
            guard !texts.isEmpty else {
                throw error(.condition, field, "an empty list is for nobody; leave it out, or name somebody")
            }
            var patterns: [GlobPattern] = []
            for text in texts {
                let template = try template(text, field, .condition, allowsValues: false)
                if let parts = template.parts(of: nil, group: nil) { patterns.append(GlobPattern(parts)) }
            }
            return patterns
        }

        func clients() throws(AccessRuleError) -> [AccessTemplate]? {
            guard let texts = rule.clients else { return nil }
            guard !texts.isEmpty else {
                throw error(.condition, "clients", "an empty list is for nobody; leave it out, or name somebody")
            }
            var templates: [AccessTemplate] = []
            for text in texts {
                let template = try template(text, "clients", .condition, allowsValues: true)
                guard !template.namesClient else {
                    throw error(.condition, "clients", "{client} is the client identifier itself; leave the list out")
                }
                templates.append(template)
            }
            return templates
        }

        func keys(_ texts: [String], _ field: String) throws(AccessRuleError) -> [AccessTemplate] {
            var templates: [AccessTemplate] = []
            for text in texts {
                guard !text.isEmpty else { throw error(.pattern, field, "there is no empty key; write '*' for all") }
                templates.append(try template(text, field, .pattern, allowsValues: true))
            }
            return templates
        }

        func filters(
            _ texts: [String],
            _ field: String,
            allowsShare: Bool
        ) throws(AccessRuleError) -> [FilterTemplate] {
            var filters: [FilterTemplate] = []
            for text in texts {
                do throws(AccessTemplate.Problem) {
                    filters.append(try FilterTemplate(text, allowsShare: allowsShare))
                } catch {
                    throw self.error(.pattern, field, "'\(text)': \(error.message)")
                }
            }
            return filters
        }

        private func template(
            _ text: String,
            _ field: String,
            _ code: AccessRuleError.Code,
            allowsValues: Bool
        ) throws(AccessRuleError) -> AccessTemplate {
            do throws(AccessTemplate.Problem) {
                return try AccessTemplate(text, allowsStars: true, allowsValues: allowsValues)
            } catch {
                throw self.error(code, field, "'\(text)': \(error.message)")
            }
        }
    }
}
