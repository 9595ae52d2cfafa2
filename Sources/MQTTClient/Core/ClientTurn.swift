/// What one turn of the event loop gathers, to be done at its end in one go.
struct ClientTurn {
    /// Messages for the application.
    var deliveries: [MQTTDelivery] = []
    /// Answers to waiting tasks; given last, when the state is settled.
    var answers: [ClientAnswer] = []
    /// What finished operations give back to the inbox.
    var releasedMessages = 0
    var releasedBytes = 0
    /// What is to be counted.
    var received = 0
    var acknowledged = 0
    var published = 0
    var unmatchedResponses = 0
}
