import CoreMetrics
import CrashPoints
import Logging
import MQTTClient

extension WorkerRun {
    /// Subscribes for every handler, and has them handle what comes until the worker stops.
    func subscribeAndTakeMessages() async {
        do throws(WorkerError) {
            try await subscribe()
        } catch {
            end.set(.failed(error))
            return
        }
        await takeMessages()
    }

    private func subscribe() async throws(WorkerError) {
        guard let information = await connected.wait() else { return }
        guard information.sharedSubscriptionsAvailable else {
            throw WorkerError(.guaranteeNotMet, "the broker has no shared subscriptions")
        }
        guard information.maximumQoS >= .atLeastOnce else {
            throw WorkerError(.guaranteeNotMet, "the broker takes messages at QoS 0 only, which is less than level C")
        }
        try await climb(information)
        let identifies = information.subscriptionIdentifiersAvailable
        if !identifies, routes.routes.count > 1 {
            logger.warning("The broker has no subscription identifiers: the first filter that matches gets a message")
        }
        let subscriptions = routes.routes.map { route in
            var subscription = route.subscription
            if !identifies { subscription.identifier = nil }
            return subscription
        }
        try check(await answers(to: subscriptions), of: subscriptions)
    }

    /// Asks until the broker answers: the client comes back from a lost connection by itself, but a request has
    /// only so much time.
    private func answers(to subscriptions: [MQTTSubscription]) async throws(WorkerError) -> [MQTTReasonCode] {
        while stop.value == nil {
            do throws(MQTTClientError) {
                return try await client.subscribe(subscriptions)
            } catch {
                guard error.code == .timedOut else {
                    throw WorkerError(.subscriptionRefused, "the handlers could not be subscribed", cause: error)
                }
                logger.warning("The broker does not answer; subscribing again", metadata: ["error": "\(error)"])
            }
        }
        return []
    }

    private func check(_ answers: [MQTTReasonCode], of subscriptions: [MQTTSubscription]) throws(WorkerError) {
        for (subscription, answer) in zip(subscriptions, answers) {
            guard !answer.isError else { throw Self.refusal(of: subscription.topicFilter, answer) }
            // Where deliveries are ended by commits the broker grants QoS 1: each is applied once, and none is pinned to a replica.
            let wanted = ladder.value == .atomic ? min(subscription.qos, .atLeastOnce) : subscription.qos
            guard answer.rawValue >= wanted.rawValue else {
                throw WorkerError(
                    .guaranteeNotMet,
                    "the broker grants QoS \(answer.rawValue) for \(subscription.topicFilter), which is less than asked for"
                )
            }
        }
    }

    /// The error of a subscription that the broker refuses.
    ///
    /// - Parameters:
    ///   - topicFilter: The filter.
    ///   - reasonCode: Why.
    /// - Returns: The error.
    static func refusal(of topicFilter: String, _ reasonCode: MQTTReasonCode) -> WorkerError {
        WorkerError(.subscriptionRefused, "the broker refused \(topicFilter) with reason \(reasonCode)")
    }

    private func takeMessages() async {
        await withDiscardingTaskGroup { group in
            let deliveries = client.deliveries.makeAsyncIterator()
            while await slots.acquire() {
                var next = deliveries
                guard let delivery = await next.next() else {
                    slots.release()
                    break
                }
                CrashPoint.beforeReceive.reached()
                CrashPoint.afterReceive.reached()
                slotUse.change(by: 1)
                group.addTask(executorPreference: pool) {
                    await handle(delivery)
                    slotUse.change(by: -1)
                    slots.release()
                }
            }
        }
    }

    private func handle(_ delivery: MQTTDelivery) async {
        // Taken, but not begun when the worker was asked to stop: another replica may begin with it.
        guard stop.value == nil else { return }
        let message = delivery.message
        guard let route = routes.route(topic: message.topic, identifiers: delivery.subscriptionIdentifiers) else {
            let group = configuration.group ?? configuration.name
            let report = await processor.bury(unrouted: message, group: group, settlement: settlement(of: message))
            return settle(delivery, report)
        }
        let entry = RunningMessages.Entry(handler: route.registration.name, topic: message.topic, since: time.now)
        let number = running.insert(entry)
        let report = await processor.process(
            message,
            redelivered: delivery.redelivered,
            route: route,
            settlement: settlement(of: message)
        )
        running.remove(number)
        settle(delivery, report)
    }

    private func settle(_ delivery: MQTTDelivery, _ report: HandlingReport) {
        switch report.settlement {
        case .handled, .discarded, .deadLettered, .held, .gone:
            CrashPoint.beforePuback.reached()
            acknowledgements.acknowledge(delivery)
            CrashPoint.afterPuback.reached()
        case .forgotten: break
        case .handedBack where stop.value != nil: break
        case .handedBack:
            logger.error(
                "A message could not be settled; it stays unacknowledged until the next connection",
                metadata: ["topic": "\(delivery.message.topic)"]
            )
        }
    }
}
