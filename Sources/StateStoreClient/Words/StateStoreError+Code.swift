extension StateStoreError {
    /// A kind of failure; more may come, so compare with `==`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String, Sendable {
            case timedOut, outcomeUnknown, connection, cancelled, invalidArgument, notSupported, malformedAnswer
            case clockSkew, fencingTokenRequired, fenced, quotaExceeded, refused, notAuthorized, notHeld, encoding
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// The name of the code.
        public var description: String { self.base.rawValue }

        /// No answer came in time: there is no store, no connection, or it is slow.
        ///
        /// A write may have happened or not.
        public static let timedOut = Code(.timedOut)
        /// The connection broke during a conditional write, and what it did cannot be told from what the store answers.
        public static let outcomeUnknown = Code(.outcomeUnknown)
        /// The MQTT client refused or has ended; ``StateStoreError/cause`` says why.
        public static let connection = Code(.connection)
        /// The caller's task was cancelled; a write may have happened or not.
        public static let cancelled = Code(.cancelled)
        /// A key, a value or another argument is not possible.
        public static let invalidArgument = Code(.invalidArgument)
        /// The store does not know this command, or not in this form.
        public static let notSupported = Code(.notSupported)
        /// The answer is none of the protocol.
        public static let malformedAnswer = Code(.malformedAnswer)
        /// This process's clock is more than a minute ahead of the store's.
        public static let clockSkew = Code(.clockSkew)
        /// The key is fenced and the request had no token.
        public static let fencingTokenRequired = Code(.fencingTokenRequired)
        /// The key is fenced by a newer token: somebody else holds the lease by now.
        public static let fenced = Code(.fenced)
        /// The store is full.
        public static let quotaExceeded = Code(.quotaExceeded)
        /// The store refused with a text that this client does not know; the message has it.
        public static let refused = Code(.refused)
        /// This client may not do that.
        public static let notAuthorized = Code(.notAuthorized)
        /// The lease that should guard the write is not held.
        public static let notHeld = Code(.notHeld)
        /// A value could not be encoded or decoded.
        public static let encoding = Code(.encoding)
    }
}
