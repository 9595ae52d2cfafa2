/// What a run of the demonstration came to; its names are those of the line that `--json` prints.
struct Verdict: Encodable, Equatable, Sendable {
    /// Messages that were to be sent.
    var messages: Int
    /// Messages that the broker took from the publisher.
    var sent: Int
    /// Different messages that the state counts.
    var handled: Int
    /// Sent messages that the state does not count, and results that never came.
    var lost: Int
    /// Messages that a handler ran to its end more than once, each repetition counted: its effects were refused or died with it.
    var handledAgain: Int
    /// How many times too often messages were counted in the state.
    var appliedTwice: Int
    /// How many times too often results were published.
    var publishedTwice: Int
    /// Messages that the state counts and that were delivered once more after all was over.
    var cameBack: Int
    /// Results and days in the state that differ from those computed straight from the file.
    var wrong: Int
    /// Different right results that came.
    var results: Int
    var replicaKills: Int
    var brokerKills: Int
    /// How often a process died at a numbered point, by its number.
    var crashPointKills: [String: Int]
    var takeoverP50Milliseconds: Double?
    var takeoverP99Milliseconds: Double?
    var takeoverMaxMilliseconds: Double?
    /// Handled messages over the time from the first publish to the last handling.
    var messagesPerSecond: Double
    var seconds: Double
    var seed: UInt64
    /// What kept the run from its end, if something did.
    var failure: String?

    /// Whether state and results are those of a run without faults.
    var isGood: Bool {
        failure == nil && sent == messages && sent > 0 && handled == sent && lost == 0 && appliedTwice == 0
            && publishedTwice == 0 && cameBack == 0 && wrong == 0
    }
}

extension Verdict {
    private enum CodingKeys: String, CodingKey {
        case messages, sent, handled, lost, handledAgain, appliedTwice, publishedTwice, cameBack, wrong, results
        case replicaKills, brokerKills, crashPointKills, takeoverP50Milliseconds, takeoverP99Milliseconds
        case takeoverMaxMilliseconds, messagesPerSecond, seconds, seed, failure, passed
    }

    // Written out, so that a script finds every key: a time that was not measured is null.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(messages, forKey: .messages)
        try container.encode(sent, forKey: .sent)
        try container.encode(handled, forKey: .handled)
        try container.encode(lost, forKey: .lost)
        try container.encode(handledAgain, forKey: .handledAgain)
        try container.encode(appliedTwice, forKey: .appliedTwice)
        try container.encode(publishedTwice, forKey: .publishedTwice)
        try container.encode(cameBack, forKey: .cameBack)
        try container.encode(wrong, forKey: .wrong)
        try container.encode(results, forKey: .results)
        try container.encode(replicaKills, forKey: .replicaKills)
        try container.encode(brokerKills, forKey: .brokerKills)
        try container.encode(crashPointKills, forKey: .crashPointKills)
        try container.encode(takeoverP50Milliseconds, forKey: .takeoverP50Milliseconds)
        try container.encode(takeoverP99Milliseconds, forKey: .takeoverP99Milliseconds)
        try container.encode(takeoverMaxMilliseconds, forKey: .takeoverMaxMilliseconds)
        try container.encode(messagesPerSecond, forKey: .messagesPerSecond)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(seed, forKey: .seed)
        try container.encode(failure, forKey: .failure)
        try container.encode(isGood, forKey: .passed)
    }
}
