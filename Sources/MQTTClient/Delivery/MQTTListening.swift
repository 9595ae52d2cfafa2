/// That somebody listens; it ends when this is cancelled or let go.
package final class MQTTListening: Sendable {
    private let book: ListenerBook
    private let number: UInt64

    init(book: ListenerBook, number: UInt64) {
        self.book = book
        self.number = number
    }

    deinit { self.book.remove(self.number) }

    /// Ends it; a call that is under way may still come.
    package func cancel() { self.book.remove(self.number) }
}
