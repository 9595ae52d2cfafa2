/// A QoS 2 message in the hands of the application: when the last copy of its delivery is gone, the client knows that too.
final class HeldMessage: Sendable {
    private let inbox: ClientInbox
    private let number: UInt64

    init(inbox: ClientInbox, number: UInt64) {
        self.inbox = inbox
        self.number = number
    }

    deinit { self.inbox.letGo(self.number) }

    func acknowledge() { self.inbox.finish(self.number) }
}
