/// A file of a package that was made from a template.
struct RenderedFile: Equatable {
    var path: String
    var text: String
}
