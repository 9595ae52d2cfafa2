/// How deliveries of a message to members of a group ended.
struct EndedDeliveries {
    /// How many ended in vain.
    var attempts: UInt32
    /// The reasons that were given; nil for none.
    var history: AttemptHistory?
}
