import BrokerEngine
import Logging

/// The audit log of what was refused, with a bound on how much of it is written.
struct RefusalLog {
    /// Bytes of one name in a line.
    private static let maximumLength = 256

    private let logger: Logger
    private var perSecond = 0.0
    private var atOnce = 0.0
    /// Lines that may be written now.
    private var room = 0.0
    private var last = EngineTime(milliseconds: 0)
    /// Refusals that were not written since the last line.
    private(set) var unwritten = 0

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - logger: Where it writes.
    ///   - limits: How much of it.
    init(logger: Logger, limits: BrokerAuthenticationLimits) {
        self.logger = logger
        setLimits(limits)
        room = atOnce
    }

    /// Takes other bounds from now on.
    mutating func setLimits(_ limits: BrokerAuthenticationLimits) {
        perSecond = Double(max(0, limits.loggedRefusalsPerSecond))
        atOnce = Double(max(1, limits.loggedRefusalsAtOnce))
    }

    /// Writes what was refused, as far as there is room.
    ///
    /// - Parameters:
    ///   - refusal: What.
    ///   - listener: The listener of the connection; nil where there is none any more.
    ///   - address: Where the client comes from; nil where that is not known.
    ///   - now: The time.
    mutating func write(_ refusal: AccessRefusal, listener: String?, address: String?, at now: EngineTime) {
        refill(now)
        guard room >= 1 else {
            unwritten += 1
            return
        }
        room -= 1
        reportUnwritten()
        var metadata: Logger.Metadata = [
            "action": "\(refusal.action.rawValue)", "client": "\(Self.shown(refusal.clientIdentifier))",
        ]
        if let user = refusal.userName { metadata["user"] = "\(Self.shown(user))" }
        if let subject = refusal.subject { metadata["subject"] = "\(Self.shown(subject))" }
        if let detail = refusal.detail { metadata["reason"] = "\(Self.shown(detail))" }
        if let listener { metadata["listener"] = "\(listener)" }
        if let address { metadata["address"] = "\(address)" }
        logger.notice("Refused", metadata: metadata)
    }

    /// Says how many were left out, once there is room again.
    mutating func tick(at now: EngineTime) {
        refill(now)
        guard unwritten > 0, room >= 1 else { return }
        room -= 1
        reportUnwritten()
    }

    private mutating func reportUnwritten() {
        guard unwritten > 0 else { return }
        logger.notice("More was refused than is written", metadata: ["count": "\(unwritten)"])
        unwritten = 0
    }

    private mutating func refill(_ now: EngineTime) {
        let passed = max(0, now.milliseconds - last.milliseconds)
        last = now
        room = min(atOnce, room + Double(passed) / 1_000 * perSecond)
    }

    /// A text that somebody else chose, so that it can neither begin a line of its own nor fill the disk.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if shown.utf8.count >= maximumLength {
                shown += "…"
                break
            }
            let isPlain =
                scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
                && !scalar.properties.isBidiControl && scalar.value != 0x2028 && scalar.value != 0x2029
            if isPlain {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return shown
    }
}
