package import Logging
import MQTTClient
import MartletBroker
import NIOCore
import ServiceLifecycle
import StateStore
import Synchronization

/// Our state store as a service on an MQTT 5 broker that has none.
///
/// It subscribes to the request topic, executes each request on the engine inside, and publishes the answer when what it tells is durable; only
/// then the request is acknowledged. So a request that was taken and not answered, because the service was killed, comes again.
/// Watches are kept in the store, too, and taken up again.
///
/// What only the broker itself could do, it cannot: notifications come by the notification topic, to which a client must be
/// subscribed; that a client has left it learns when a notification finds no subscriber (PUBACK 0x10) and then ends that watch, so a
/// client with a persistent session keeps its watches while it is away, and one that never changes keeps its own; a response topic that is not allowed gets no answer,
/// where a broker would disconnect; a request that is executed again after a kill finds what it did itself.
package final class StateStoreService: Service, Sendable {
    let configuration: StateStoreServiceConfiguration
    let logger: Logger
    let inner: InnerBroker
    let outer: MQTTClient
    let requests = RequestBook()
    let watchers: WatcherBook
    private let registrations: AsyncStream<Registration>
    let register: AsyncStream<Registration>.Continuation
    private let serving = Mutex(Serving())

    private struct Serving {
        var isServing = false
        var error: (any Error)?
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    /// Makes a service; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: How it is set up.
    ///   - logger: Where it logs.
    package init(configuration: StateStoreServiceConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        inner = InnerBroker(configuration, logger: logger)
        outer = MQTTClient(configuration: configuration.outer, logger: logger)
        watchers = WatcherBook(limit: configuration.watches)
        // There are never more than requests that were begun.
        (registrations, register) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Serves until it is stopped: gracefully, with the answers of what was begun, or by being cancelled.
    ///
    /// - Throws: What the engine or the client of the foreign broker ended with.
    package func run() async throws {
        let outer = outer
        // Detached: a graceful shutdown must first reach the requests, and the engine last.
        let work = Task.detached { try await self.serve() }
        do {
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await work.value
                } onGracefulShutdown: {
                    outer.stopReceiving()
                }
            } onCancel: {
                work.cancel()
            }
            finish(CancellationError())
        } catch {
            finish(error)
            throw error
        }
    }

    /// Waits until requests are taken.
    ///
    /// - Throws: Why the service ended before.
    package func waitUntilServing() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let result = serving.withLock { serving -> Result<Void, any Error>? in
                if let error = serving.error { return .failure(error) }
                if serving.isServing { return .success(()) }
                serving.waiting.append(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func finish(_ error: any Error) {
        let waiting = serving.withLock { serving in
            serving.error = error
            defer { serving.waiting = [] }
            return serving.waiting
        }
        for one in waiting { one.resume(throwing: error) }
    }

    private func serve() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.inner.broker.run() }
            group.addTask {
                _ = try await self.inner.broker.waitUntilListening()
                try await self.inner.requests.run()
            }
            group.addTask {
                _ = try await self.inner.broker.waitUntilListening()
                try await self.inner.books.run()
            }
            group.addTask { try await self.outer.run() }
            group.addTask { try await self.work() }
            group.addTask { try await self.sweep() }
            group.addTask { for await registration in self.registrations { await self.execute(registration) } }
            // Whatever ends first ends all; that is the work, unless something failed.
            do {
                try await group.next()
            } catch {
                self.requests.release()
                group.cancelAll()
                throw error
            }
            self.requests.release()
            group.cancelAll()
            // The others end by being cancelled, and say so.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) {
                    logger.debug("A part of the state store ended", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    private func work() async throws {
        let (inner, outer) = (inner, outer)
        let answers = try inner.requests.listen(to: InnerBroker.answersTopic) { [weak self] in self?.receive(answer: $0)
        }
        let notices = try inner.books.listen(to: StateStore.reservedPrefix + "/#") { [weak self] in
            self?.receive(notice: $0)
        }
        try await subscribe(inner.requests, to: InnerBroker.answersTopic)
        try await takeUpWatches()
        try await subscribe(outer, to: StateStore.requestTopic)
        serving.withLock { serving in
            serving.isServing = true
            for one in serving.waiting { one.resume() }
            serving.waiting = []
        }
        logger.info("The state store serves", metadata: ["watches": "\(watchers.keys.count)"])
        for await delivery in outer.deliveries { receive(request: delivery) }
        await finishBegun()
        await outer.close(endingSession: false)
        answers.cancel()
        notices.cancel()
    }

    private func subscribe(_ client: MQTTClient, to topic: String) async throws {
        let codes = try await client.subscribe([MQTTSubscription(topic, qos: .atLeastOnce)])
        if let code = codes.first, code.isError {
            throw StateStoreServiceError.notSubscribed(topic: topic, reason: "\(code)")
        }
    }

    /// Waits for the answers of what was begun, for a bounded time.
    private func finishBegun() async {
        let (requests, deadline) = (requests, configuration.stopDeadline)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await requests.waitUntilEmpty() }
            group.addTask { try? await Task.sleep(for: deadline) }
            await group.next()
            requests.release()
            group.cancelAll()
        }
    }

    /// Gives up requests that got no answer in time, so that they hold back nothing behind them.
    private func sweep() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            for number in requests.overdue(.now) {
                logger.warning("A request got no answer in time and is given up")
                requests.finish(number)
            }
        }
    }
}
