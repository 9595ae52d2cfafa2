/// Where a message stands in the order of arrival of its connection.
struct ReceiptPosition: Sendable, Hashable {
    /// The number of the connection within this client.
    let connection: UInt64
    /// The number of the message within the connection.
    let sequence: UInt64
}
