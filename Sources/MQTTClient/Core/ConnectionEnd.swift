/// Why a connection ended or could not be made.
struct ConnectionEnd: Sendable {
    /// What to say about it.
    let error: MQTTClientError
    /// Whether connecting again would not help.
    let isFatal: Bool

    init(_ error: MQTTClientError, isFatal: Bool = false) {
        self.error = error
        self.isFatal = isFatal
    }
}
