/// What other threads ask of the client's event loop.
final class ClientInbox: Sendable {
    func acknowledge(_ position: ReceiptPosition) {}
}
