import MQTTPackets

/// A topic filter of a rule, taken apart, with what it takes over from a client.
struct FilterTemplate: Sendable, Hashable {
    /// A filter as it is for a client.
    struct Filter {
        /// The shared group; nil for a plain filter.
        var share: Share?
        var levels: [TopicFilter.Level]
    }

    /// Which shared groups a filter is for.
    enum Share: Sendable, Hashable {
        /// `+`: any group.
        case any
        case named([UInt8])
    }

    private enum Level: Sendable, Hashable {
        case name(AccessTemplate)
        case anyLevel
        case anyRest
    }

    private var share: AccessTemplate?
    private var levels: [Level] = []

    /// Takes a filter apart.
    ///
    /// - Parameters:
    ///   - text: The filter, perhaps with `$share/GROUP/` before it.
    ///   - allowsShare: Whether a shared group may be named.
    ///   - limits: The limits of filters.
    /// - Throws: What is wrong with it and what to do.
    init(_ text: String, allowsShare: Bool, limits: PacketLimits = .default) throws(AccessTemplate.Problem) {
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        if parts.first?.elementsEqual("$share".utf8) == true {
            guard allowsShare else {
                throw .init(message: "a shared group is subscribed to; nobody publishes to '$share/…'")
            }
            guard parts.count > 2, let name = parts.dropFirst().first, !name.isEmpty else {
                throw .init(message: "a shared filter is '$share/GROUP/FILTER', with '+' for any group")
            }
            share = try Self.template(name)
            if name.contains(UInt8(ascii: "#")) || name.contains(UInt8(ascii: "+")) && name.count > 1 {
                throw .init(message: "a shared group is a name, or '+' for any")
            }
            parts = parts.dropFirst(2)
        }
        if parts.allSatisfy(\.isEmpty), parts.count < 2 { throw .init(message: "an empty topic filter") }
        guard parts.count <= limits.maximumTopicLevels else {
            throw .init(message: "it has more than \(limits.maximumTopicLevels) levels")
        }
        for part in parts {
            if levels.last == .anyRest { throw .init(message: "a '#' is the last level") }
            levels.append(try Self.level(part))
        }
    }

    private static func level(_ part: Substring.UTF8View) throws(AccessTemplate.Problem) -> Level {
        if part.elementsEqual("+".utf8) { return .anyLevel }
        if part.elementsEqual("#".utf8) { return .anyRest }
        if part.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
            throw .init(message: "a '+' or '#' is a level of its own")
        }
        return .name(try template(part))
    }

    private static func template(_ part: Substring.UTF8View) throws(AccessTemplate.Problem) -> AccessTemplate {
        try AccessTemplate(String(Substring(part)), allowsStars: false, allowsValues: true)
    }

    private var templates: [AccessTemplate] {
        var found = share.map { [$0] } ?? []
        for case .name(let template) in levels { found.append(template) }
        return found
    }

    /// Whether nothing of a client stands in it.
    var isFixed: Bool { templates.allSatisfy(\.isFixed) }

    /// Whether a client's group stands in it.
    var namesGroup: Bool { templates.contains(where: \.namesGroup) }

    /// The filter for a client.
    ///
    /// - Parameters:
    ///   - principal: The client; nil for a filter in which nothing of one stands.
    ///   - group: The group whose turn it is.
    /// - Returns: The filter; nil where a value is missing or must not stand here.
    func filter(for principal: Principal?, group: String?) -> Filter? {
        var filter = Filter(share: nil, levels: [])
        if let share {
            guard let name = share.parts(of: principal, group: group)?.first, !name.isEmpty else { return nil }
            filter.share = name == [UInt8(ascii: "+")] ? .any : .named(name)
        }
        for (index, level) in levels.enumerated() {
            switch level {
            case .anyLevel: filter.levels.append(.anyLevel)
            case .anyRest: filter.levels.append(.anyRest)
            case .name(let template):
                guard let name = template.parts(of: principal, group: group)?.first else { return nil }
                // No user called `$SYS` gets at what is the broker's.
                if index == 0, name.first == UInt8(ascii: "$"), case .value = template.pieces.first { return nil }
                filter.levels.append(.name(name))
            }
        }
        return filter
    }
}
