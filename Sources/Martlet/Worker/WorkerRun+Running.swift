import CoreMetrics
import Logging
import MQTTClient
import ServiceLifecycle

extension WorkerRun {
    /// What bounds the end of a run.
    enum EndLimits {
        /// How long cancelled handlers have to notice it, after the grace.
        static let cancellation = Duration.seconds(1)
        /// How long the client has to say good-bye.
        static let farewell = Duration.seconds(10)
    }

    /// Works until something ends it.
    ///
    /// - Throws: ``WorkerError`` when the worker can not start or go on, `CancellationError` when cancelled.
    func run() async throws {
        announce()
        let observation = observeConnections()
        let connection = Shield { try await connect() }
        let state = Shield {
            guard let found = await ladder.wait(), found != .standard else { return }
            await ledger.follow(extended: found == .atomic)
        }
        let events = Shield { await followEvents() }
        let work = Shield { await subscribeAndTakeMessages() }
        let cause = await waitForEnd()
        await Shield.run {
            await finish(work, connection, because: cause)
            state.cancel()
            ledger.close()
            _ = observation
            events.cancel()
            pool.shutDown()
        }
        switch cause {
        case .shutdown: logger.info("The worker has drained")
        case .cancelled: throw CancellationError()
        case .failed(let error): throw error
        }
    }

    private func announce() {
        metrics.slots.record(configuration.effectiveSlots)
        slotUse.change(by: 0)
        logger.info(
            "The worker starts",
            metadata: [
                "broker": "\(configuration.broker)",
                "client": "\(identity)",
                "threads": "\(configuration.threads)",
                "slots": "\(configuration.effectiveSlots)",
                "handlers": .array(routes.routes.map { "\($0.registration.name) \($0.sharedFilter)" }),
            ]
        )
    }

    private func connect() async throws {
        do {
            try await client.run()
            end.set(.failed(WorkerError(.connectionLost, "the client has ended")))
        } catch {
            end.set(.failed(WorkerError(.connectionLost, "the client gave up", cause: error)))
            throw error
        }
    }

    /// Waits for the first thing that ends the run; a signal of the service group, a cancellation and a failure
    /// all come this way.
    private func waitForEnd() async -> End {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await end.wait() ?? .cancelled
            } onGracefulShutdown: {
                end.set(.shutdown)
            }
        } onCancel: {
            end.set(.cancelled)
        }
    }

    private func finish(_ work: Shield, _ connection: Shield, because cause: End) async {
        switch cause {
        case .shutdown:
            await drain(work)
            await sayGoodBye()
        case .failed:
            stopTaking()
            work.cancel()
            _ = await work.result.wait(atMost: EndLimits.cancellation, by: time)
            await sayGoodBye()
        case .cancelled:
            // As if the process had died: from here on nothing is acknowledged, whatever still ends.
            acknowledgements.hold()
            ledger.abandon()
            connection.cancel()
            stopTaking()
            work.cancel()
        }
        _ = await connection.result.wait(atMost: EndLimits.farewell, by: time)
        connection.cancel()
        for entry in running.entries {
            logger.error(
                "A handler did not end; its message is left to another replica",
                metadata: [
                    "handler": "\(entry.handler)", "topic": "\(entry.topic)", "running": "\(time.now - entry.since)",
                ]
            )
        }
    }

    /// Ends the connection.
    ///
    /// Where handlers have not ended it is no normal end: the broker then counts the deliveries as attempts, so that a message that
    /// hangs every time reaches the dead letter topic one day.
    private func sayGoodBye() async {
        await client.close(endingSession: false, sendingWill: !running.entries.isEmpty)
    }

    /// Lets what runs finish within the grace.
    ///
    /// What waits for another attempt, and what has not begun, is left unacknowledged.
    private func drain(_ work: Shield) async {
        logger.info(
            "The worker stops: it takes nothing more, and lets what runs finish",
            metadata: ["running": "\(running.entries.count)", "grace": "\(configuration.grace)"]
        )
        acknowledgements.hold()
        stopTaking()
        // Who waits for the first connection has nothing to finish.
        if connected.value == nil { work.cancel() }
        if await work.result.wait(atMost: configuration.grace, by: time) == nil {
            logger.warning(
                "The grace is over; cancelling the handlers that still run",
                metadata: ["running": "\(running.entries.count)"]
            )
            work.cancel()
            _ = await work.result.wait(atMost: EndLimits.cancellation, by: time)
        }
        acknowledgements.release()
    }

    private func stopTaking() {
        stop.set(())
        slots.close()
        processor.solo.close()
        client.stopReceiving()
    }

    private func followEvents() async {
        for await event in client.events {
            switch event {
            case .connected(let information):
                connected.set(information)
                let session = information.sessionPresent ? "resumed" : "new"
                logger.info("Connected", metadata: ["session": "\(session)"])
            case .disconnected(let error) where error.code == .closed: logger.info("Disconnected")
            case .disconnected(let error):
                logger.warning("The connection is lost; the client makes another", metadata: ["error": "\(error)"])
            case .sessionLost:
                metrics.sessionsLost.increment()
                logger.error("The broker has forgotten this replica's session: messages that waited in it are lost")
            case .takenOver:
                logger.error("Another process has connected as this replica")
            case .subscriptionRefused(let topicFilter, let reasonCode):
                end.set(.failed(Self.refusal(of: topicFilter, reasonCode)))
            @unknown default: break
            }
        }
    }
}
