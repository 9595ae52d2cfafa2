import Foundation
import Glibc

/// Ends this process when the process that started it is gone.
///
/// The starter holds standard input open and never writes to it; whatever way it ends, the kernel closes the pipe.
enum ParentWatch {
    /// Watches from a thread of its own.
    static func begin() {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count > 0 || (count < 0 && errno == EINTR) { continue }
                _exit(0)
            }
        }
        thread.name = "parent watch"
        thread.start()
    }
}
