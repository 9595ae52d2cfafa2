extension MQTTClientError {
    /// A kind of failure; more may come, so compare with `==`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String, Sendable {
            case invalidConfiguration, invalidArgument, alreadyRunning, connectionFailed, connectionRefused
            case disconnectedByServer, sessionTakenOver, sessionLost, closed, cancelled, timedOut, queueFull
            case packetTooLarge, notSupportedByServer, notSupported, publishRefused, messageExpired
            case protocolViolation, answerLost, authenticationFailed
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// The name of the code.
        public var description: String { self.base.rawValue }

        /// The configuration contradicts itself or the protocol.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// A topic, a filter or another argument is not valid.
        public static let invalidArgument = Code(.invalidArgument)
        /// ``MQTTClient/run()`` was called twice.
        public static let alreadyRunning = Code(.alreadyRunning)
        /// The server could not be reached, and the configuration says not to try again.
        public static let connectionFailed = Code(.connectionFailed)
        /// The server refused the connection for a reason that trying again does not mend.
        public static let connectionRefused = Code(.connectionRefused)
        /// The server ended the connection for a reason that connecting again does not mend.
        public static let disconnectedByServer = Code(.disconnectedByServer)
        /// Another connection uses the same client identifier now; this one does not fight for it.
        public static let sessionTakenOver = Code(.sessionTakenOver)
        /// The server lost the session, and the configuration says to stop then.
        public static let sessionLost = Code(.sessionLost)
        /// The client was closed; a message that was on its way may or may not have arrived.
        public static let closed = Code(.closed)
        /// The caller's task was cancelled; a message that was on its way may still arrive.
        public static let cancelled = Code(.cancelled)
        /// No answer came in time.
        public static let timedOut = Code(.timedOut)
        /// As many messages or bytes wait as the configuration allows.
        public static let queueFull = Code(.queueFull)
        /// The packet is larger than the server takes.
        public static let packetTooLarge = Code(.packetTooLarge)
        /// The server said that it does not support this.
        public static let notSupportedByServer = Code(.notSupportedByServer)
        /// This client does not support it.
        public static let notSupported = Code(.notSupported)
        /// The server did not take the message; ``MQTTClientError/reasonCode`` says why.
        public static let publishRefused = Code(.publishRefused)
        /// The message's expiry passed before it could be sent.
        public static let messageExpired = Code(.messageExpired)
        /// The server had taken a request, and the connection on which its answer would have come was lost.
        public static let answerLost = Code(.answerLost)
        /// The application gave up its ``MQTTClientConfiguration/authentication``.
        public static let authenticationFailed = Code(.authenticationFailed)
        /// The server broke the protocol.
        public static let protocolViolation = Code(.protocolViolation)
    }
}
