extension BrokerFile {
    /// The JSON Schema of the file, made from the table by which it is read.
    static var schema: String {
        guard case .object(var members) = table.schema.json else { return "{}" }
        members["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        members["title"] = "The file of martlet broker --config"
        return JSONValue.object(members).text
    }
}
