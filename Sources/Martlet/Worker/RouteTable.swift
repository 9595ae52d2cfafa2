import MQTTPackets

/// Finds the handler that a message is for.
struct RouteTable: Sendable {
    /// All routes, in the order of registration.
    let routes: [Route]
    private let byIdentifier: [UInt32: Int]

    /// Checks registrations against each other.
    ///
    /// - Parameters:
    ///   - registrations: The handlers of the worker; at least one.
    ///   - configuration: The worker's configuration.
    /// - Throws: ``WorkerError`` when one is not valid, or two can not be told apart.
    init(_ registrations: [HandlerRegistration], configuration: WorkerConfiguration) throws(WorkerError) {
        guard !registrations.isEmpty else {
            throw WorkerError(.invalidConfiguration, "the worker has no handler")
        }
        var routes: [Route] = []
        var byIdentifier: [UInt32: Int] = [:]
        for registration in registrations {
            let route = try Route(registration, configuration: configuration)
            if let other = byIdentifier[route.identifier] {
                throw WorkerError(
                    .invalidConfiguration,
                    "handlers \(routes[other].registration.name) and \(registration.name) can not be told apart: "
                        + "'\(routes[other].sharedFilter)' and '\(route.sharedFilter)'; rename a group"
                )
            }
            byIdentifier[route.identifier] = routes.count
            routes.append(route)
        }
        self.routes = routes
        self.byIdentifier = byIdentifier
    }

    /// Finds the route of a message.
    ///
    /// A broker that knows subscription identifiers says for which subscription it sent the message. Otherwise
    /// the first filter that matches is taken.
    ///
    /// - Parameters:
    ///   - topic: The topic of the message.
    ///   - identifiers: The subscription identifiers that came with it.
    /// - Returns: The route, or `nil` when no handler wants the message (any more).
    func route(topic: String, identifiers: [UInt32]) -> Route? {
        for identifier in identifiers {
            if let index = byIdentifier[identifier] { return routes[index] }
        }
        guard identifiers.isEmpty else { return nil }
        return routes.first { $0.pattern.filter.matches(topic: topic) }
    }
}
