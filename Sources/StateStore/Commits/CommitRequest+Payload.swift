extension CommitRequest {
    /// The payload of a request with some commits.
    ///
    /// - Parameter commits: The commits, in the order in which they are to be done.
    /// - Returns: `*K` of `*M` of arrays of bulk strings.
    package static func payload(of commits: [CommitRequest]) -> [UInt8] {
        var bytes: [UInt8] = []
        StateAnswer.append(arrayOf: commits.count, to: &bytes)
        for commit in commits {
            StateAnswer.append(arrayOf: commit.operations.count, to: &bytes)
            for operation in commit.operations { operation.append(to: &bytes) }
        }
        return bytes
    }
}

extension CommitOperation {
    fileprivate func append(to bytes: inout [UInt8]) {
        var list = RESPList()
        switch self {
        case .acknowledge(let id): list.append("ACK", id)
        case .retry(let id, let delay, let reason):
            list.append("RETRY", id, Array(String(delay).utf8), reason)
        case .set(let key, let value, let condition, let lifetime, let token):
            list.append("SET", key, value)
            list.append(condition)
            if let lifetime { list.append("PX", Array(String(lifetime).utf8)) }
            list.append(token: token)
        case .delete(let key, let condition, let token):
            list.append("DEL", key)
            list.append(condition)
            list.append(token: token)
        case .check(let key, let version):
            list.append("CHECK", key)
            list.append(orNone: version)
        case .publish(let message): list.append(message)
        }
        list.append(to: &bytes)
    }
}

extension RESPList {
    fileprivate mutating func append(_ condition: CommitCondition) {
        switch condition {
        case .always: break
        case .absent:
            append("IFV")
            append(orNone: nil)
        case .version(let version):
            append("IFV")
            append(orNone: version)
        }
    }

    fileprivate mutating func append(token: StateVersion?) {
        guard let token else { return }
        append("FT")
        append(orNone: token)
    }

    fileprivate mutating func append(_ message: CommitMessage) {
        append("PUBLISH", Array(message.topic.utf8), message.payload)
        if message.qos != 1 { append("QOS", Array(String(message.qos).utf8)) }
        if message.retain { append("RETAIN") }
        if let expiry = message.expiry { append("EXPIRY", Array(String(expiry).utf8)) }
        if let contentType = message.contentType { append("TYPE", Array(contentType.utf8)) }
        if let format = message.payloadFormat { append("FORMAT", Array(String(format).utf8)) }
        if let responseTopic = message.responseTopic { append("RESPONSE", Array(responseTopic.utf8)) }
        if let correlation = message.correlationData { append("CORRELATION", correlation) }
        for property in message.userProperties {
            append("UP", Array(property.name.utf8), Array(property.value.utf8))
        }
    }
}
