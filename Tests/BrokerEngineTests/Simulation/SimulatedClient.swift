import MQTTPackets
import StateStore

/// A client of the simulation: what it is like, and what it has in its hands on the present connection.
struct SimulatedClient {
    /// What it is like; never changes.
    struct Profile {
        var name: String
        var version: ProtocolVersion
        /// Seconds its session outlives a connection; 0 for not at all.
        var expiry: UInt32
        var receiveMaximum: UInt16?
        var isSmall: Bool
        /// Uses topic aliases, and takes some.
        var usesAliases: Bool
        var hasWill: Bool
        var willDelay: UInt32
        /// Asks for what is beyond the standard.
        var isMartlet: Bool
    }

    /// A delivery that was not acknowledged yet.
    struct Delivery {
        /// How far a handshake of QoS 2 is.
        enum Step {
            /// PUBLISH came. Next: `confirmed`.
            case published
            /// PUBREC was sent. Next: `released`.
            case confirmed
            /// PUBREL came, on this connection or after an earlier one. Ends with PUBCOMP.
            case released
        }

        var packetIdentifier: UInt16
        var qos: UInt8 = 1
        var step = Step.published
        /// Its PUBLISH came on an earlier connection.
        var isResumed = false
        /// The order of the model's entry; negative for a handshake that the model has no entry of any more.
        var order: Int
        /// The shared group it came from; nil for an ordinary one.
        var group: String?
        /// What the broker calls it.
        var id: [UInt8]?
        /// Done or put off by a commit: only its packet identifier is still in use.
        var isCommitted = false
    }

    /// What must become of a commit.
    struct Outcome {
        var version: StateVersion?
        var id: [UInt8]?
        var code: CommitRefusalCode?
        var index = 0
    }

    /// A request to the state store, or commits, not answered yet.
    struct Asked {
        enum Answer {
            case text(String)
            case outcomes([Outcome])
        }

        var correlation: String
        /// The page that must be durable before; 0 for none.
        var page: UInt64
        var answer: Answer
    }

    /// A PUBLISH that was not answered yet.
    struct Outgoing {
        var packetIdentifier: UInt16
        var message: Int
        /// What the answer must be.
        var reason: ReasonCode
        /// The page that must be durable before; 0 for none.
        var page: UInt64
        /// A page failed meanwhile: it may be refused after all.
        var mayBeRefused = false
    }

    /// A QoS 2 message on its way to the broker; it outlives connections and the broker.
    struct Sending {
        var packetIdentifier: UInt16
        var message: Int
        /// PUBREC came.
        var isReceived = false
        /// PUBREL was sent on the present connection.
        var isReleased = false
        /// PUBLISH was sent on the present connection, so that it counts against the broker's Receive Maximum.
        var isCounted = true
    }

    /// A PUBREC or PUBCOMP that did not come yet.
    struct Awaited {
        var packetIdentifier: UInt16
        /// What the answer must be.
        var reason: ReasonCode
        /// The page that must be durable before; 0 for none.
        var page: UInt64
        /// A page failed meanwhile: the message may be refused after all.
        var mayBeRefused = false
    }

    /// A SUBSCRIBE or UNSUBSCRIBE that was not answered yet.
    struct Request {
        var packetIdentifier: UInt16
        var page: UInt64
        var isSubscribe: Bool
    }

    let profile: Profile
    var peer: Peer?
    var sessionPresent = false
    var hasConnAck = false
    var inflight: [Delivery] = []
    /// Orders of the ordinary entries that came on this connection.
    var received: Set<Int> = []
    var outgoing: [Outgoing] = []
    var requests: [Request] = []
    /// Answers may come on a later connection too.
    var asked: [Asked] = []
    /// Its socket was full at some time, so that what comes may have been written before.
    var wasBlocked = false
    /// What it publishes at QoS 2, in order; part of its session.
    var sending: [Sending] = []
    /// The packet identifiers of QoS 2 deliveries that it has and that were not released, with the order of each; part of its session.
    var holding: [UInt16: Int] = [:]
    /// PUBRECs that must come, in this order.
    var awaitedReceipts: [Awaited] = []
    /// PUBCOMPs that must come, in this order.
    var awaitedCompletions: [Awaited] = []
    /// It came back to its session and has not sent again what was not answered.
    var mustResume = false
    /// It asked for a new session and was not answered: it asks again until it is.
    var mustStartClean = false
    /// Its session ended, and no CONNACK told of another since.
    var hasNoSession = false

    var isConnected: Bool { peer != nil }
    var isMartlet: Bool { profile.isMartlet }

    mutating func forgetConnection() {
        peer = nil
        hasConnAck = false
        inflight = []
        received = []
        outgoing = []
        requests = []
        wasBlocked = false
        awaitedReceipts = []
        awaitedCompletions = []
        mustResume = false
        for index in sending.indices {
            sending[index].isReleased = false
            sending[index].isCounted = false
        }
    }

    /// Its session is gone, and what belonged to it.
    mutating func forgetSession() {
        sending = []
        holding = [:]
        awaitedReceipts = []
        awaitedCompletions = []
        mustResume = false
    }
}
