extension Array where Element == UInt8 {
    /// Appends the bytes of a span.
    @inline(__always)
    mutating func append(span: Span<UInt8>) {
        // Safe because the pointer is only read inside the closure, while the span is borrowed.
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Copies the bytes of a span.
    init(span: Span<UInt8>) {
        self = []
        append(span: span)
    }
}
