/// Why a broker could not start, or could not go on.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String { case bind, journal, damaged, inUse, stopped, busy, configuration }
        private let base: Base

        /// The address could not be bound.
        public static let bind = Code(base: .bind)
        /// The journal could not be opened or written.
        public static let journal = Code(base: .journal)
        /// The journal is damaged, and the broker was not told to go on without what is lost.
        public static let damaged = Code(base: .damaged)
        /// Another broker uses the data directory.
        public static let inUse = Code(base: .inUse)
        /// The broker was stopped.
        public static let stopped = Code(base: .stopped)
        /// It did not answer in time.
        public static let busy = Code(base: .busy)
        /// A setting is wrong.
        public static let configuration = Code(base: .configuration)

        /// The name of the code.
        public var description: String { base.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What was wrong and what to do.
    public var message: String
    /// What lies under it.
    public var cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: What was wrong and what to do.
    ///   - cause: What lies under it.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}
