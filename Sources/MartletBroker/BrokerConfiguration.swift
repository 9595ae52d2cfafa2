/// How a broker is set up.
public struct BrokerConfiguration: Sendable {
    /// Where the broker keeps what must not be lost.
    public enum Storage: Sendable, Hashable {
        /// Nowhere: a broker that forgets.
        case inMemory
        /// In a directory of its own, made when it is missing.
        case directory(String)
    }

    /// The address to listen on, where ``listeners`` is empty.
    public var host = "127.0.0.1"
    /// The port to listen on, where ``listeners`` is empty; 0 for any free one.
    ///
    /// Nil for no listener at all (``Broker/adopt(socket:)`` still works).
    public var port: Int? = 1883
    /// Whether clients from beyond this machine may come in through ``host`` and ``port`` without proving who they are.
    public var allowsAnonymous = false
    /// The listeners; empty for the one that ``host`` and ``port`` describe.
    public var listeners: [BrokerListener] = []
    /// Where the broker keeps what must not be lost.
    public var storage = Storage.inMemory
    /// Go on without what is lost when the journal is found damaged, instead of refusing to start.
    ///
    /// What is damaged is set aside, never deleted.
    public var acceptsDataLoss = false
    /// What ``networkLoops`` may be.
    package static let allowedNetworkLoops = 0...64
    /// Threads that read from and write to sockets, beside the one of the engine: 0 to 64; with 0 the engine's own does.
    ///
    /// More than 0 costs each message a way between two threads, and pays where TLS or very many connections are what one core is too
    /// little for. With plain and other listeners there are as many threads again for each of the two kinds.
    public var networkLoops = 0
    /// What clients may use.
    public var limits = BrokerLimits()
    /// How clients prove who they are; nil for not at all.
    public var authentication: BrokerAuthenticationConfiguration?
    /// How operators prove who they are to an admin API of this broker; nil where they are not asked.
    public var operators: BrokerAuthenticationConfiguration?
    /// Who may do what; nil for everybody everything.
    public var access: [BrokerAccessRule]?
    /// Keys of the state store that begin with one of these are kept in memory only, and are gone after a restart.
    public var memoryOnlyStatePrefixes: [String] = []
    /// Where clients are sent in place of being served; nil to serve them.
    public var redirection: BrokerRedirection?
    /// What the Response Information begins with that clients may ask for: `PREFIX/CLIENT` (MQTT 5.0 §3.2.2.3.15); nil to give none.
    public var responseTopicPrefix: String? = "clients"
    /// Whether a payload that is said to be text is refused with 0x99 when it is not UTF-8 (MQTT 5.0 §3.3.2.3.2).
    public var checksPayloadFormat = false
    /// Time between two reports to `$SYS/#`; zero for none.
    public var systemTopicInterval = Duration.seconds(10)
    /// The longest a graceful stop waits for clients and the journal.
    public var stopDeadline = Duration.seconds(10)

    /// A broker in memory on 127.0.0.1:1883.
    public init() {}
}
