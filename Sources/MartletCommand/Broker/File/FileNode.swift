/// A part of a configuration file, with the line it stands on where that is known.
struct FileNode {
    /// What stands there.
    enum Content {
        case object([Member])
        case list([FileNode])
        case text(String)
        /// A whole or decimal number, as it was written.
        case number(String)
        case toggle(Bool)
        case nothing
    }

    /// A key and what it has.
    struct Member {
        var key: String
        var line: Int?
        var value: FileNode
    }

    var content: Content
    var line: Int?
}
