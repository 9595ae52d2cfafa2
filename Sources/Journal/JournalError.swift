/// Why a journal could not do what it was asked.
package struct JournalError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    package var code: Code

    /// What happened and, where there is one, what to do about it.
    ///
    /// A sentence for a person.
    package var message: String

    /// The error underneath, if there is one.
    package var cause: (any Error)?

    /// What recovery found, for an error of ``Journal/recover(_:)``.
    package var report: RecoveryReport?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: What kind of failure it was.
    ///   - message: What happened and what to do about it.
    ///   - cause: The error underneath.
    ///   - report: What recovery found.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil, report: RecoveryReport? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.report = report
    }

    package var description: String {
        guard let cause else { return "\(code): \(message)" }
        return "\(code): \(message) (\(cause))"
    }
}

extension JournalError {
    /// The kinds of failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String {
            case full, busy, damaged, fenced, io, closed, misuse, newerFormat, notFound
        }

        private let base: Base

        /// No space is left.
        ///
        /// The journal goes on working: the append may be tried again when there is room.
        package static let full = Code(base: .full)

        /// Another broker uses this journal.
        package static let busy = Code(base: .busy)

        /// Stored bytes are not what was written.
        package static let damaged = Code(base: .damaged)

        /// Another broker owns this journal now: stop at once, answer nobody.
        package static let fenced = Code(base: .fenced)

        /// The system failed to read or write.
        ///
        /// After a failed write the journal takes no further append until opened anew, because what the system kept of
        /// it is not known.
        package static let io = Code(base: .io)

        /// The journal was closed.
        package static let closed = Code(base: .closed)

        /// The caller broke a rule of ``Journal``.
        package static let misuse = Code(base: .misuse)

        /// The journal was written by a newer version of the program.
        package static let newerFormat = Code(base: .newerFormat)

        /// There is no such page.
        package static let notFound = Code(base: .notFound)

        /// Whether the journal takes no further append after this error, until it is opened anew.
        package var isFinal: Bool {
            switch base {
            case .fenced, .io, .closed, .damaged, .newerFormat, .busy: true
            case .full, .misuse, .notFound: false
            }
        }

        package var description: String { base.rawValue }
    }
}
