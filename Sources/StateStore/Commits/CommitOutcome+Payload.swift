extension CommitOutcome {
    /// Appends the head of an answer; the outcomes follow.
    ///
    /// - Parameters:
    ///   - count: How many outcomes follow.
    ///   - out: The payload.
    package static func appendHeader(count: Int, to out: inout [UInt8]) {
        StateAnswer.append(arrayOf: count, to: &out)
    }

    /// Appends the outcome.
    ///
    /// - Parameter out: The payload.
    package func append(to out: inout [UInt8]) {
        switch self {
        case .committed(let version):
            StateAnswer.append(arrayOf: 2, to: &out)
            StateAnswer.append(text: "OK", to: &out)
            StateAnswer.append(version, to: &out)
        case .refused(let refusal):
            StateAnswer.append(arrayOf: 4, to: &out)
            StateAnswer.append(text: "REFUSED", to: &out)
            StateAnswer.append(text: refusal.code.rawValue, to: &out)
            StateAnswer.append(text: String(refusal.index), to: &out)
            StateAnswer.append(text: refusal.text, to: &out)
        }
    }

    /// Reads an answer.
    ///
    /// - Parameter payload: The payload.
    /// - Returns: The outcomes, in the order of the commits.
    /// - Throws: The error that the answer carries, ``StateError/syntax`` if it is no answer to commits.
    package static func parse(_ payload: Span<UInt8>) throws(StateError) -> [CommitOutcome] {
        let answer = try RESPValue.parse(payload)
        if let error = answer.stateError { throw error }
        guard case .array(let elements) = answer else { throw .syntax }
        var outcomes: [CommitOutcome] = []
        for element in elements {
            guard let outcome = CommitOutcome(element) else { throw .syntax }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private init?(_ element: RESPValue) {
        guard case .array(let parts) = element, case .bulk(let word) = parts.first else { return nil }
        let texts = parts.compactMap { part -> String? in
            guard case .bulk(let bytes) = part else { return nil }
            return String(validating: bytes, as: UTF8.self)
        }
        guard texts.count == parts.count else { return nil }
        if word == Array("OK".utf8), parts.count == 2, let version = StateVersion(texts[1]) {
            self = .committed(version)
        } else if word == Array("REFUSED".utf8), parts.count == 4, let code = CommitRefusalCode(rawValue: texts[1]),
            let index = Int(texts[2])
        {
            self = .refused(CommitRefusal(code, index: index, text: texts[3]))
        } else {
            return nil
        }
    }
}
