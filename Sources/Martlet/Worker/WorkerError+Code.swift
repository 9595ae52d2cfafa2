extension WorkerError {
    /// A kind of failure; more may come, so compare with `==`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String, Sendable {
            case invalidConfiguration, unknownSetting, invalidSetting, noReplica, guaranteeNotMet, subscriptionRefused
            case connectionLost, handlerNotStarted, alreadyRunning, invalidPublish, publishLimit, contextClosed
            case undecodable, stateUnavailable, stateSchemaNewer, stateSchemaUnknown, stateForeign, stateLimit
            case stateUnsupported, stateContended, commitRefused, replicaDied, handlersHung
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// The name of the code.
        public var description: String { base.rawValue }

        /// The configuration or the handlers contradict themselves or the protocol.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// A flag, an environment variable or a key of the file is none that the worker knows.
        public static let unknownSetting = Code(.unknownSetting)
        /// A setting has a value that it can not have.
        public static let invalidSetting = Code(.invalidSetting)
        /// No replica identity could be had.
        public static let noReplica = Code(.noReplica)
        /// The broker, or this version of the worker, gives less than the configuration requires.
        public static let guaranteeNotMet = Code(.guaranteeNotMet)
        /// The broker refused a subscription.
        public static let subscriptionRefused = Code(.subscriptionRefused)
        /// The client gave up its connection for good.
        public static let connectionLost = Code(.connectionLost)
        /// A handler's own preparation failed.
        public static let handlerNotStarted = Code(.handlerNotStarted)
        /// ``Worker/run()`` was called twice.
        public static let alreadyRunning = Code(.alreadyRunning)
        /// A handler published to a topic that no message can have.
        public static let invalidPublish = Code(.invalidPublish)
        /// A handler published more for one message than a worker holds.
        public static let publishLimit = Code(.publishLimit)
        /// A handler published after it had returned.
        public static let contextClosed = Code(.contextClosed)
        /// A payload could not be decoded.
        public static let undecodable = Code(.undecodable)
        /// There is no state store, or it does not answer.
        public static let stateUnavailable = Code(.stateUnavailable)
        /// A value of the state has a newer schema, or form, than this program knows.
        public static let stateSchemaNewer = Code(.stateSchemaNewer)
        /// A value of the state has an older schema, and the key has no upgrade.
        public static let stateSchemaUnknown = Code(.stateSchemaUnknown)
        /// What stands under a key of the state was not written by a worker, or is damaged.
        public static let stateForeign = Code(.stateForeign)
        /// The handler touched too many keys, or set too much.
        public static let stateLimit = Code(.stateLimit)
        /// What the handler does with its state needs a stronger guarantee level.
        public static let stateUnsupported = Code(.stateUnsupported)
        /// The broker refused the commit of a message.
        public static let commitRefused = Code(.commitRefused)
        /// Replicas ended while they handled the message alone.
        public static let replicaDied = Code(.replicaDied)
        /// Every slot has a handler that is past its deadline and does not end.
        public static let handlersHung = Code(.handlersHung)
        /// Others changed what the handler read, again and again.
        public static let stateContended = Code(.stateContended)
    }
}
