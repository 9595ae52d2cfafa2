/// What a JSON Schema (draft 2020-12) says of a value in a configuration file.
indirect enum JSONSchema {
    /// A key of an object.
    struct Property {
        var name: String
        var summary: String
        var isRequired: Bool
        var schema: JSONSchema
    }

    case text(pattern: String? = nil)
    case toggle
    case integer(ClosedRange<Int>)
    case choice([String])
    case list(JSONSchema)
    /// Values by names that are free.
    case named(JSONSchema)
    /// These keys and no others; of a union, one of them.
    case object([Property], isUnion: Bool = false)

    /// The schema as the value that its JSON is.
    var json: JSONValue {
        switch self {
        case .text(let pattern):
            guard let pattern else { return ["type": "string", "minLength": 1] }
            return ["type": "string", "pattern": .text(pattern)]
        case .toggle: return ["type": "boolean"]
        case .integer(let range):
            var members: [String: JSONValue] = ["type": "integer", "minimum": .number(range.lowerBound)]
            if range.upperBound != .max { members["maximum"] = .number(range.upperBound) }
            return .object(members)
        case .choice(let words):
            let numbers = words.compactMap(Double.init)
            // YAML reads 1.2 as a number.
            let asNumbers = numbers.count == words.count ? numbers.map(JSONValue.decimal) : []
            return ["enum": .list(words.map(JSONValue.text) + asNumbers)]
        case .list(let element): return ["type": "array", "items": element.json]
        case .named(let element): return ["type": "object", "additionalProperties": element.json]
        case .object(let properties, let isUnion):
            var members: [String: JSONValue] = ["type": "object", "additionalProperties": false]
            var described: [String: JSONValue] = [:]
            for property in properties {
                guard case .object(var schema) = property.schema.json else { continue }
                schema["description"] = .text(property.summary)
                described[property.name] = .object(schema)
            }
            members["properties"] = .object(described)
            let required = properties.filter(\.isRequired).map { JSONValue.text($0.name) }
            if !required.isEmpty { members["required"] = .list(required) }
            if isUnion {
                members["minProperties"] = 1
                members["maxProperties"] = 1
            }
            return .object(members)
        }
    }
}
