/// What kept the templates from being embedded.
struct EmbeddingError: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
