/// Names one message to the client that received it.
struct Receipt: Sendable {
    let inbox: ClientInbox
    let position: ReceiptPosition
    /// What stands for a message of QoS 2, on whatever connection it is acknowledged.
    let held: HeldMessage?

    func acknowledge() {
        if let held = self.held {
            held.acknowledge()
        } else {
            self.inbox.acknowledge(self.position)
        }
    }
}
