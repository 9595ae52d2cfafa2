#if os(Linux)
import Glibc

/// A system call on a socket failed.
package struct SocketError: Error, CustomStringConvertible {
    /// The system call.
    package let call: String
    /// What `errno` said.
    package let code: CInt

    /// Takes the code from `errno`.
    init(_ call: String, code: CInt = errno) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
#endif
