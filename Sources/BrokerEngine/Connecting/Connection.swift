import BrokerAccess
import MQTTPackets
import NIOCore

/// One network connection as the engine sees it: bytes to write, and what the peer said of itself in CONNECT.
struct Connection {
    enum State {
        /// The slot is not used. Next: `awaitingConnect`.
        case free
        /// Bytes may come, CONNECT first. Next: `authenticating`, `connected`, `closing`.
        case awaitingConnect
        /// CONNECT was taken, and who the client is has not been proven yet. Next: `connected`, `closing`.
        case authenticating
        /// CONNECT was taken; there is a session. Next: `closing`.
        case connected
        /// What is in the output goes out, then the transport closes. Next: `free`.
        case closing
    }

    /// Up to where held answers may leave once a page is durable.
    struct Mark {
        var page: UInt64
        var end: Int
        /// PUBACKs, PUBCOMPs and PUBRECs that refuse, in this stretch.
        var publishes: Int
    }

    var state = State.free
    /// Whether its client has to prove who it is.
    var mustAuthenticate = false
    /// Whether the next step of the proof is somebody else's: until it is known, no bytes of a CONNECT's connection are taken.
    var awaitsOutcome = false
    /// What its client may do; nil where there are no rules.
    var access: ConnectionAccess?
    /// Whether there are rules: ``access`` is not nil.
    var isConfined = false
    /// Topics it may publish to.
    var allowedTopics = AllowedTopics()
    var version = ProtocolVersion.v5
    var session: Int32 = -1
    /// What the socket gets next.
    var output = ByteBuffer()
    var isDirty = false
    /// False while the socket takes no more.
    var isWritable = true
    /// Whether nothing is taken from it for now, see ``BrokerEngine/takeResumed(at:)``.
    var isPaused = false
    /// Since when it takes no more; `never` while it does.
    var stuckSince = EngineTime.never
    /// Answers that wait until their page is durable, in order.
    var held: [UInt8] = []
    var marks: [Mark] = []
    /// Whether it stands in the engine's list of connections with held answers.
    var isHolder = false
    /// PUBACKs, PUBCOMPs and PUBRECs that refuse, among the held answers: the peer's messages that count against our Receive Maximum.
    var heldPublishes = 0
    /// QoS 2 messages that came on this connection and whose PUBCOMP was not written: they count likewise (MQTT 5.0 §4.9).
    var openHandshakes = 0
    /// Whether its session may have identifiers in QoS 2 handshakes, see ``Session/received``.
    var mayHoldReceipts = false
    /// No delivery before this page is durable, because the CONNACK waits for it; 0 for none.
    var connackPage: UInt64 = 0
    /// When it was opened, and once it is connected: when it was last heard of.
    var lastReceived = EngineTime(milliseconds: 0)
    /// Milliseconds of silence after which it is closed; 0 for never.
    var silenceAllowed: Int64 = 0
    /// How many QoS 1 deliveries it may have in flight.
    var receiveMaximum = 65_535
    /// The largest packet it takes.
    var maximumPacketSize = Int.max
    /// The topics that its client gave numbers, and those that the broker gave.
    var incomingAliases = IncomingAliases()
    var outgoingAliases = OutgoingAliases()
    /// Whether a message may go out as it is kept: MQTT 5, and no topic aliases.
    var takesPlain = false
    /// Whether it asked for what is beyond the standard: delivery facts, the commit, the store's further commands.
    var isMartlet = false
    /// Whether reason strings may be sent (MQTT 5.0 §3.1.2.11.7).
    var wantsProblemInformation = true

    /// Whether CONNACK waits for its page: nothing may leave before it ([MQTT-3.2.0-1]).
    var isConnAckHeld: Bool { connackPage != 0 }
    /// Whether deliveries may be written now.
    var takesDeliveries: Bool {
        @inline(__always) get { state == .connected && isWritable && !isConnAckHeld }
    }
}
