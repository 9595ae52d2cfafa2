/// One thing that a program can be told by a flag, an environment variable or a key of its file.
///
/// The setting `retry.attempts` is the flag `--retry-attempts`, the variable `MARTLET_RETRY_ATTEMPTS` and, in the file,
/// `{"retry": {"attempts": 5}}`.
public struct Setting: Sendable, Hashable {
    /// The key: words in camel case, joined by points.
    public let key: String
    /// What its values look like.
    public let kind: Kind
    /// What it is for, in a line of the help.
    public let summary: String
    /// What holds when nobody says anything; text for the help.
    public let standard: String?
    /// Whether values are kept out of logs.
    public let isSecret: Bool

    /// Makes a setting.
    ///
    /// - Parameters:
    ///   - key: The key: words in camel case, joined by points.
    ///   - kind: What its values look like.
    ///   - summary: What it is for, in a line of the help.
    ///   - standard: What holds when nobody says anything; text for the help.
    ///   - isSecret: Whether values are kept out of logs.
    public init(
        _ key: String,
        _ kind: Kind,
        _ summary: String,
        standard: String? = nil,
        isSecret: Bool = false
    ) {
        self.key = key
        self.kind = kind
        self.summary = summary
        self.standard = standard
        self.isSecret = isSecret
    }

    /// The flag, with its two dashes.
    public var flag: String { "--" + words.joined(separator: "-") }

    /// The environment variable.
    public var variable: String { Self.variablePrefix + words.joined(separator: "_").uppercased() }

    /// How the names of all variables begin.
    static let variablePrefix = "MARTLET_"

    /// The words of the key, in lower case.
    private var words: [String] {
        var words: [String] = []
        var word = ""
        for character in key {
            if character == "." || character.isUppercase {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if character != "." { word += character.lowercased() }
        }
        return words + [word]
    }
}
