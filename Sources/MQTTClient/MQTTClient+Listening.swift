import MQTTPackets

extension MQTTClient {
    /// Whether the client has ended, so that everything asked of it fails.
    package var hasEnded: Bool { self.core.inbox.hasEnded }

    /// Takes the messages whose topic matches a filter out of ``deliveries``, from now on.
    ///
    /// Nothing is subscribed: it is for what the server sends straight into the session, and for a part that shares
    /// this client with others and subscribes to topics of its own. Each listener that matches gets the message, which is
    /// acknowledged at once.
    ///
    /// - Parameters:
    ///   - topicFilter: Which topics; not shared.
    ///   - receive: Gets each message on the event loop of the connection; it must return quickly.
    /// - Returns: What ends it, at the latest when it is let go.
    /// - Throws: ``MQTTClientError`` when the filter is not valid or 1,024 listen already.
    package func listen(
        to topicFilter: String,
        _ receive: @escaping @Sendable (MQTTMessage) -> Void
    ) throws(MQTTClientError) -> MQTTListening {
        let filter: TopicFilter
        do {
            filter = try TopicFilter(topicFilter, limits: .ofClient)
        } catch {
            throw MQTTClientError(.invalidArgument, "\(topicFilter.debugDescription): \(error.message)", cause: error)
        }
        if filter.share != nil {
            throw MQTTClientError(.invalidArgument, "\(topicFilter.debugDescription): a listener shares nothing")
        }
        return MQTTListening(book: self.listeners, number: try self.listeners.listen(filter, receive))
    }

    /// Tells what happens to the connection, besides ``events``, to as many as ask.
    ///
    /// - Parameter receive: Gets each event on the event loop of the connection, in order; it must return quickly.
    /// - Returns: What ends it, at the latest when it is let go.
    /// - Throws: ``MQTTClientError`` when 1,024 observe already.
    package func observeEvents(
        _ receive: @escaping @Sendable (MQTTEvent) -> Void
    ) throws(MQTTClientError) -> MQTTListening {
        MQTTListening(book: self.listeners, number: try self.listeners.observe(receive))
    }
}
