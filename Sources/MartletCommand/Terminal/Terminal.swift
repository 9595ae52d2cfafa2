import Foundation
import Glibc

/// What is known about the standard streams: whether a person looks at them, and whether they want colours.
struct Terminal: Sendable {
    /// Whether standard output is a terminal.
    var isInteractive: Bool
    /// Whether colours may be used there.
    var hasColour: Bool

    /// The streams of this process.
    static let standardOutput = Terminal(descriptor: STDOUT_FILENO, environment: ProcessInfo.processInfo.environment)
    /// Where progress and remarks go, so that results can be piped.
    static let standardError = Terminal(descriptor: STDERR_FILENO, environment: ProcessInfo.processInfo.environment)

    init(descriptor: Int32, environment: [String: String]) {
        let isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        self.isInteractive = isTerminal
        self.hasColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// The text in the colour, where colours are wanted.
    func paint(_ text: String, _ colour: Colour) -> String {
        hasColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The columns of the terminal behind the descriptor, 80 where there is none.
    static func columns(descriptor: Int32 = STDERR_FILENO) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
        case dim = 2
        case bold = 1
    }
}
