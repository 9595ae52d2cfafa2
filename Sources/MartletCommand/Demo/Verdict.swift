/// What a run of the demonstration came to; its names are those of the line that `--json` prints.
struct Verdict: Encodable, Equatable, Sendable {
    /// Messages that the broker acknowledged to the publisher.
    var sent: Int
    /// Different messages whose result arrived.
    var handled: Int
    /// Sent messages whose result never arrived.
    var lost: Int
    /// Messages that a handler finished more than once, each repetition counted.
    var handledAgain: Int
    /// Results that differ from those computed straight from the file.
    var wrong: Int
    var replicaKills: Int
    var brokerKills: Int
    var takeoverP50Milliseconds: Double?
    var takeoverP99Milliseconds: Double?
    var takeoverMaxMilliseconds: Double?
    /// Handled messages over the time from the first publish to the last result.
    var messagesPerSecond: Double
    var seconds: Double
    var seed: UInt64
    /// What kept the run from its end, if something did.
    var failure: String?

    /// Whether nothing was lost and every result is right.
    var isGood: Bool { failure == nil && sent > 0 && lost == 0 && wrong == 0 && handled == sent }
}
