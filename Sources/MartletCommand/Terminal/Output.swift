import Glibc

/// Writes whole texts to the standard streams, at once and in full.
enum Output {
    /// Writes the line to standard output.
    static func line(_ text: String) {
        write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Writes the line to standard error: remarks and progress, never results.
    static func remark(_ text: String) {
        write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    /// Writes all bytes; stops silently where nobody reads any more.
    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            // Safe because the pointer is used only within the call, for the count that goes with it.
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR && errno != EAGAIN {
                return
            }
        }
    }
}
