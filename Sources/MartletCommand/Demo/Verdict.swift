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

extension Verdict {
    private enum CodingKeys: String, CodingKey {
        case sent, handled, lost, handledAgain, wrong, replicaKills, brokerKills, takeoverP50Milliseconds
        case takeoverP99Milliseconds, takeoverMaxMilliseconds, messagesPerSecond, seconds, seed, failure
    }

    // Written out, so that a script finds every key: a time that was not measured is null.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sent, forKey: .sent)
        try container.encode(handled, forKey: .handled)
        try container.encode(lost, forKey: .lost)
        try container.encode(handledAgain, forKey: .handledAgain)
        try container.encode(wrong, forKey: .wrong)
        try container.encode(replicaKills, forKey: .replicaKills)
        try container.encode(brokerKills, forKey: .brokerKills)
        try container.encode(takeoverP50Milliseconds, forKey: .takeoverP50Milliseconds)
        try container.encode(takeoverP99Milliseconds, forKey: .takeoverP99Milliseconds)
        try container.encode(takeoverMaxMilliseconds, forKey: .takeoverMaxMilliseconds)
        try container.encode(messagesPerSecond, forKey: .messagesPerSecond)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(seed, forKey: .seed)
        try container.encode(failure, forKey: .failure)
    }
}
