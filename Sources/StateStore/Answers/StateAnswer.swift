/// Writers of answers: each appends exactly the bytes of the protocol (state store §1.4).
package enum StateAnswer {
    /// Appends `+OK`: a SET was applied, a watch accepted or ended.
    ///
    /// - Parameter out: The payload.
    @inline(__always)
    package static func appendOK(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "+"))
        out.append(UInt8(ascii: "O"))
        out.append(UInt8(ascii: "K"))
        appendLineEnd(to: &out)
    }

    /// Appends `:n`.
    ///
    /// - Parameters:
    ///   - integer: The number.
    ///   - out: The payload.
    package static func append(integer: Int64, to out: inout [UInt8]) {
        out.append(UInt8(ascii: ":"))
        Decimal.append(integer, to: &out)
        appendLineEnd(to: &out)
    }

    /// Appends `$n` and the bytes.
    ///
    /// - Parameters:
    ///   - bulk: The bytes.
    ///   - out: The payload.
    @inline(__always)
    package static func append(bulk: Span<UInt8>, to out: inout [UInt8]) {
        appendLength(bulk.count, after: UInt8(ascii: "$"), to: &out)
        out.append(span: bulk)
        appendLineEnd(to: &out)
    }

    /// Appends `$n` and a version's text.
    ///
    /// - Parameters:
    ///   - version: The version.
    ///   - out: The payload.
    package static func append(_ version: StateVersion, to out: inout [UInt8]) {
        appendLength(version.textLength, after: UInt8(ascii: "$"), to: &out)
        version.append(to: &out)
        appendLineEnd(to: &out)
    }

    /// Appends `$-1`: there is no such key.
    ///
    /// - Parameter out: The payload.
    package static func appendNull(to out: inout [UInt8]) {
        out.append(contentsOf: [0x24, 0x2D, 0x31, 0x0D, 0x0A])
    }

    /// Appends `*n`; the elements follow.
    ///
    /// - Parameters:
    ///   - count: How many elements follow.
    ///   - out: The payload.
    package static func append(arrayOf count: Int, to out: inout [UInt8]) {
        appendLength(count, after: UInt8(ascii: "*"), to: &out)
    }

    /// Appends `-ERR text`.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - out: The payload.
    package static func append(_ error: StateError, to out: inout [UInt8]) {
        out.append(contentsOf: "-ERR ".utf8)
        out.append(contentsOf: error.text.utf8)
        appendLineEnd(to: &out)
    }

    /// Appends the answer to a write that was refused.
    ///
    /// - Parameters:
    ///   - refusal: Why.
    ///   - out: The payload.
    /// - Returns: The version for the answer's `__ts`, if it has one.
    package static func append(_ refusal: StateRefusal, to out: inout [UInt8]) -> StateVersion? {
        switch refusal {
        case .notApplied(let stored):
            append(integer: -1, to: &out)
            return stored
        case .absent: append(integer: 0, to: &out)
        case .error(let error): append(error, to: &out)
        }
        return nil
    }

    /// Appends the answer to a write that was done; its `__ts` is the version it was done with.
    ///
    /// - Parameters:
    ///   - change: What was done.
    ///   - out: The payload.
    @inline(__always)
    package static func append(_ change: StateChange, to out: inout [UInt8]) {
        if change.isRemoval { append(integer: 1, to: &out) } else { appendOK(to: &out) }
    }

    @inline(__always)
    static func appendLength(_ length: Int, after marker: UInt8, to out: inout [UInt8]) {
        out.append(marker)
        Decimal.append(UInt64(truncatingIfNeeded: length), to: &out)
        appendLineEnd(to: &out)
    }

    @inline(__always)
    static func appendLineEnd(to out: inout [UInt8]) {
        out.append(0x0D)
        out.append(0x0A)
    }

    /// Appends a word or a text as a bulk string.
    static func append(text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            // Safe because the span is used only while the buffer is lent.
            append(bulk: Span(_unsafeElements: bytes), to: &out)
        }
    }
}
