/// Names one QoS 1 message of one connection to the client that received it.
struct Receipt: Sendable {
    let inbox: ClientInbox
    let position: ReceiptPosition

    func acknowledge() {
        self.inbox.acknowledge(self.position)
    }
}
