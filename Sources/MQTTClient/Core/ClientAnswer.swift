/// An answer to a waiting task, kept until the end of the turn.
enum ClientAnswer: Sendable {
    case publish(Reply<MQTTPublishResult>, Result<MQTTPublishResult, MQTTClientError>)
    case subscription(Reply<[MQTTReasonCode]>, Result<[MQTTReasonCode], MQTTClientError>)
    case request(Reply<MQTTAnswer>, Result<MQTTAnswer, MQTTClientError>)
    case connection(Reply<MQTTConnectionInformation>, Result<MQTTConnectionInformation, MQTTClientError>)

    func give() {
        switch self {
        case .publish(let reply, let result): reply.resume(returning: result)
        case .subscription(let reply, let result): reply.resume(returning: result)
        case .request(let reply, let result): reply.resume(returning: result)
        case .connection(let reply, let result): reply.resume(returning: result)
        }
    }
}
