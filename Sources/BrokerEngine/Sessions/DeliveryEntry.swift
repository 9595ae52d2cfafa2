/// One copy of a message in the queue of a session, waiting or in flight.
///
/// Twelve bytes: a backlog is made of these.
struct DeliveryEntry {
    private static let inflightFlag: UInt8 = 1
    private static let duplicateFlag: UInt8 = 2
    private static let sentFlag: UInt8 = 4
    private static let retainFlag: UInt8 = 8
    private static let confirmedFlag: UInt8 = 16
    private static let doubtFlag: UInt8 = 32
    private static let doneHandle: Int32 = -1
    private static let committedHandle: Int32 = -2

    /// The kept message; negative once nothing of it is to be delivered any more.
    var message: Int32
    /// The set of subscription identifiers it carries; negative for none.
    var identifiers: Int32
    /// The QoS it is delivered with.
    var qos: UInt8
    private var flags: UInt8
    /// Deliveries that ended with the death of their holder; counted for sessions that asked for delivery facts.
    var attempts: UInt16 = 0

    init(message: Int32, identifiers: Int32, qos: UInt8, retain: Bool) {
        self.message = message
        self.identifiers = identifiers
        self.qos = qos
        flags = retain ? Self.retainFlag : 0
    }

    @inline(__always)
    private mutating func set(_ flag: UInt8, _ isOn: Bool) {
        if isOn { flags |= flag } else { flags &= ~flag }
    }

    /// The RETAIN flag it is delivered with.
    var retain: Bool { flags & Self.retainFlag != 0 }
    /// Sent on the present connection and not acknowledged.
    var isInflight: Bool {
        @inline(__always) get { flags & Self.inflightFlag != 0 }
        @inline(__always) set { set(Self.inflightFlag, newValue) }
    }
    /// Sent on an earlier connection (or perhaps: before a crash), so DUP is set (MQTT 5.0 §3.3.1.1).
    var mayBeDuplicate: Bool {
        get { flags & Self.duplicateFlag != 0 }
        set { set(Self.duplicateFlag, newValue) }
    }
    /// Certainly sent on an earlier connection: it is sent again though it expired meanwhile ([MQTT-4.4.0-1]).
    var wasSent: Bool {
        get { flags & Self.sentFlag != 0 }
        set { set(Self.sentFlag, newValue) }
    }
    /// Of QoS 2, and PUBREC came (or a commit was made of it): never sent as PUBLISH again, and there until PUBCOMP ends its handshake.
    var isConfirmed: Bool {
        @inline(__always) get { flags & Self.confirmedFlag != 0 }
        set { set(Self.confirmedFlag, newValue) }
    }
    /// Of QoS 2, and perhaps sent before a crash: its receiver may have its packet identifier in a handshake.
    var isInDoubt: Bool {
        get { flags & Self.doubtFlag != 0 }
        set { set(Self.doubtFlag, newValue) }
    }
    /// Whether its receiver may be in the midst of its QoS 2 handshake.
    var mayHaveBegun: Bool { isInflight || wasSent || isInDoubt || isConfirmed }

    /// An entry that is done.
    static let done = DeliveryEntry(message: doneHandle, identifiers: -1, qos: 0, retain: false)
    /// Nothing of it is to be delivered any more.
    var isDone: Bool { message < 0 }
    /// Its place may be given up.
    var isClosed: Bool { message == Self.doneHandle }
    /// Done by a commit; its packet identifier is in use until PUBACK.
    var isCommitted: Bool { message == Self.committedHandle }

    /// A commit was made of it.
    mutating func commit() {
        message = Self.committedHandle
        identifiers = -1
    }
}
