import Dispatch

/// Keeps an event loop from turning until it is opened.
final class LoopGate: Sendable {
    private let held = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)

    /// Called on the loop: does not return before ``open()``.
    func hold() {
        held.signal()
        opened.wait()
    }

    /// Waits until the loop stands.
    func waitUntilHeld() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.held.wait()
                continuation.resume()
            }
        }
    }

    func open() { opened.signal() }
}
