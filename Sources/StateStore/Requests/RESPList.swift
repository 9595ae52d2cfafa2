/// Gathers the bulk strings of an array whose length is known only at its end.
struct RESPList {
    private var elements: [UInt8] = []
    private var count = 0

    /// Appends a bulk string.
    mutating func append(bulk: [UInt8]) {
        StateAnswer.append(bulk: bulk.span, to: &elements)
        count += 1
    }

    /// Appends a text as a bulk string.
    mutating func append(_ text: String) {
        StateAnswer.append(text: text, to: &elements)
        count += 1
    }

    /// Appends a word and its arguments.
    mutating func append(_ word: String, _ arguments: [UInt8]...) {
        append(word)
        for argument in arguments { append(bulk: argument) }
    }

    /// Appends a version, `-` for none.
    mutating func append(orNone version: StateVersion?) {
        StateAnswer.append(orNone: version, to: &elements)
        count += 1
    }

    /// The array.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the array.
    func append(to out: inout [UInt8]) {
        StateAnswer.append(arrayOf: count, to: &out)
        out.append(contentsOf: elements)
    }
}
