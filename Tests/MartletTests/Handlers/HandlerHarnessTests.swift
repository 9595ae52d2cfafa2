import Martlet
import MartletTesting
import NIOCore
import Synchronization
import Testing

@Suite("A handler alone", .timeLimit(.minutes(10)))
struct HandlerHarnessTests {
    /// A handler that does what a test says.
    private struct Scripted: Handler {
        var body: @Sendable (Order, HandlerContext) async throws -> Void
        func handle(_ order: Order, context: HandlerContext) async throws { try await body(order, context) }
    }

    @Test("What the handler publishes happens once it has returned")
    func publishes() async throws {
        let harness = try HandlerHarness(
            "orders/+/placed/#",
            handler: Scripted { order, context in
                #expect(context.captures == ["7", "a/b"])
                #expect(context.attempt == 1)
                #expect(context.redelivered)
                try context.publish(order, to: "invoices/\(order.id)", retain: true)
                try context.publish(text: "done", to: "log")
                try context.publish(bytes: [1, 2], to: "raw")
            }
        )
        let outcome = try await harness.deliver(Order(id: 7), topic: "orders/7/placed/a/b", redelivered: true)
        #expect(outcome.isHandled && outcome.isAcknowledged)
        #expect(outcome.published.map(\.topic) == ["invoices/7", "log", "raw"])
        #expect(try outcome.published(Order.self, to: "invoices/7") == Order(id: 7))
        #expect(outcome.published[0].retain)
        #expect(outcome.published[0].properties.contentType == "application/json")
        #expect(outcome.deadLetter == nil)
    }

    /// A handler that has to be started, or fails to be.
    private struct Starting: Handler {
        var codec: any MessageCodec<String> { TextMessageCodec() }
        let tally: Tally
        var failure: (any Error)?

        func start() async throws {
            tally.count("start")
            if let failure { throw failure }
        }

        func handle(_ message: String, context: HandlerContext) async throws { tally.count(message) }
    }

    @Test("The handler is started once, before its first message")
    func starts() async throws {
        struct NotToday: Error {}
        let tally = Tally()
        let harness = try HandlerHarness("in/+", handler: Starting(tally: tally))
        #expect(try await harness.deliver(MQTTMessage(topic: "in/1", text: "a")).isHandled)
        #expect(try await harness.deliver(MQTTMessage(topic: "in/1", text: "b")).isHandled)
        #expect(tally.counts == ["start": 1, "a": 1, "b": 1])
        let broken = try HandlerHarness("in/+", handler: Starting(tally: tally, failure: NotToday()))
        let error = await #expect(throws: WorkerError.self) {
            try await broken.deliver(MQTTMessage(topic: "in/1", text: "c"))
        }
        #expect(error?.code == .handlerNotStarted && tally.counts["c"] == nil)
    }

    @Test("What a failed attempt published never happens")
    func failedAttemptPublishesNothing() async throws {
        let sent = Mutex<[String]>([])
        let harness = try HandlerHarness(
            "orders/#",
            handler: Scripted { _, context in
                try context.publish(text: "attempt \(context.attempt)", to: "out")
                if context.attempt < 3 { throw Failure(description: "not yet") }
            },
            publish: { message in sent.withLock { $0.append(String(buffer: message.payload)) } }
        )
        let outcome = try await harness.deliver(Order(id: 1), topic: "orders/1")
        #expect(outcome.isHandled)
        #expect(outcome.attempts == 3)
        #expect(outcome.errors.count == 2)
        #expect(sent.withLock { $0 } == ["attempt 3"])
    }

    @Test("The last attempt's failure leads to the dead letter topic, with bytes, properties and history")
    func deadLetters() async throws {
        let harness = try HandlerHarness(
            "orders/#",
            handler: Scripted { _, context in throw Failure(description: "bad\nluck \(context.attempt)") },
            retry: RetryPolicy(attempts: 3, base: .zero)
        )
        let properties = MQTTMessageProperties(
            expiry: .seconds(60),
            contentType: "application/json",
            responseTopic: "answers",
            correlationData: [9],
            userProperties: [MQTTUserProperty("tenant", "blue"), MQTTUserProperty("tenant", "green")]
        )
        let outcome = try await harness.deliver(Order(id: 1), topic: "orders/1", properties: properties)
        #expect(outcome.isDeadLettered && outcome.isAcknowledged && !outcome.isHandled)
        let letter = try #require(outcome.deadLetter)
        #expect(letter.topic == "martlet/dead-letter/test/orders/1")
        #expect(String(buffer: letter.payload) == #"{"id":1}"#)
        #expect(letter.qos == .atLeastOnce && !letter.retain)
        #expect(letter.properties.contentType == "application/json")
        #expect(letter.properties.responseTopic == "answers")
        #expect(letter.properties.correlationData == [9])
        #expect(letter.properties.expiry == nil, "a dead letter waits until somebody looks at it")
        #expect(Array(letter.properties.userProperties.prefix(2)) == properties.userProperties)
        func said(_ name: String) -> String? { letter.properties.userProperty("martlet-dead-letter-\(name)") }
        #expect(said("reason") == "failed")
        #expect(said("error") == "bad luck 3", "a user property holds no line ends")
        #expect(said("attempts") == "3")
        #expect(said("handler") == "Scripted")
        #expect(said("group") == "test")
        #expect(said("worker") == "test-test")
        #expect(said("topic") == "orders/1")
        #expect(said("expiry") == "60.0 seconds")
        #expect(try #require(said("time")).hasSuffix("Z"))
        let history = letter.properties.userProperties.filter { $0.name == "martlet-dead-letter-attempt" }
        #expect(history.map(\.value) == ["1: bad luck 1", "2: bad luck 2", "3: bad luck 3"])
    }

    @Test("A payload that can not be decoded is not tried again")
    func undecodable() async throws {
        let harness = try HandlerHarness("orders/#", handler: Scripted { _, _ in Issue.record("was called") })
        let outcome = try await harness.deliver(bytes: Array("{".utf8), topic: "orders/1")
        #expect(outcome.isDeadLettered)
        #expect(outcome.attempts == 1)
        let letter = try #require(outcome.deadLetter)
        #expect(String(buffer: letter.payload) == "{")
        #expect(letter.properties.userProperty("martlet-dead-letter-reason") == "undecodable")
    }

    @Test("A permanent error is not tried again; a discarded message leaves no dead letter")
    func saysNoRetry() async throws {
        let permanent = try HandlerHarness("o/#", handler: Scripted { _, _ in throw PermanentError("never") })
        let first = try await permanent.deliver(Order(id: 1), topic: "o/1")
        #expect(first.isDeadLettered && first.attempts == 1)
        let discard = try HandlerHarness(
            "o/#",
            handler: Scripted { _, context in
                try context.publish(text: "x", to: "x")
                throw DiscardError("not mine")
            },
            publish: { _ in Issue.record("something was published") }
        )
        let second = try await discard.deliver(Order(id: 1), topic: "o/1")
        #expect(second.isDiscarded && second.isAcknowledged && second.attempts == 1)
    }

    @Test("Waits between attempts run by the clock, and grow")
    func waits() async throws {
        let clock = TestClock()
        let harness = try HandlerHarness(
            "o/#",
            handler: Scripted { _, _ in throw Failure(description: "no") },
            retry: RetryPolicy(attempts: 3, base: .seconds(1), cap: .seconds(60)),
            clock: clock
        )
        async let outcome = harness.deliver(Order(id: 1), topic: "o/1")
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .milliseconds(999))
        #expect(clock.sleeperCount == 1, "it waits for a whole second")
        clock.advance(by: .milliseconds(1))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(2))
        #expect(try await outcome.attempts == 3)
        #expect(try await outcome.isDeadLettered)
    }

    @Test("A stop hands back what waits for its next attempt: nothing burned, nothing dead-lettered")
    func stops() async throws {
        let clock = TestClock()
        let harness = try HandlerHarness(
            "o/#",
            handler: Scripted { _, _ in throw Failure(description: "no") },
            retry: RetryPolicy(attempts: 3, base: .seconds(1)),
            clock: clock,
            publish: { _ in Issue.record("something was published") }
        )
        async let outcome = harness.deliver(Order(id: 1), topic: "o/1")
        await clock.sleepers(atLeast: 1)
        harness.requestStop()
        #expect(try await !outcome.isAcknowledged)
        #expect(try await outcome.attempts == 1)
    }

    @Test("At its deadline a handler is cancelled, and that is a failed attempt")
    func deadline() async throws {
        let clock = TestClock()
        let harness = try HandlerHarness(
            "o/#",
            handler: Scripted { _, context in
                #expect(context.timeLeft == .seconds(30))
                if context.attempt == 1 { try await Task.sleep(for: .seconds(3600)) }
            },
            deadline: .seconds(30),
            clock: clock
        )
        async let outcome = harness.deliver(Order(id: 1), topic: "o/1")
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(30))
        #expect(try await outcome.isHandled)
        #expect(try await outcome.attempts == 2)
        #expect(try await outcome.errors.first is CancellationError)
    }

    @Test("A publish that no broker would take leads to the dead letter topic; a busy broker is asked again")
    func refusedPublish() async throws {
        let clock = TestClock()
        let refusals = Mutex(2)
        let busy = try HandlerHarness(
            "o/#",
            handler: Scripted { _, context in try context.publish(text: "x", to: "x") },
            clock: clock,
            publish: { _ in
                let isBusy = refusals.withLock { count in
                    count -= 1
                    return count >= 0
                }
                if isBusy { throw MQTTClientError(.publishRefused, "full", reasonCode: .quotaExceeded) }
            }
        )
        async let outcome = busy.deliver(Order(id: 1), topic: "o/1")
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(60))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(60))
        #expect(try await outcome.isHandled)
        #expect(try await outcome.attempts == 1, "the handler did its part")

        let refusing = try HandlerHarness(
            "o/#",
            handler: Scripted { _, context in try context.publish(text: "x", to: "secret") },
            publish: { message in
                guard message.topic != "secret" else {
                    throw MQTTClientError(.publishRefused, "no", reasonCode: .notAuthorized)
                }
            }
        )
        let refused = try await refusing.deliver(Order(id: 1), topic: "o/1")
        #expect(refused.isDeadLettered)
        let reason = refused.deadLetter?.properties.userProperty("martlet-dead-letter-reason")
        #expect(reason == "publish-refused")
    }

    @Test(
        "A dead letter that is refused is tried again, shorter, and the message stays unacknowledged until it is taken"
    )
    func refusedDeadLetter() async throws {
        let clock = TestClock()
        let seen = Mutex<[Int]>([])
        let harness = try HandlerHarness(
            "o/#",
            handler: Scripted { _, _ in throw PermanentError("no") },
            clock: clock,
            publish: { message in
                seen.withLock { $0.append(message.properties.userProperties.count) }
                if message.properties.userProperty("tenant") != nil {
                    throw MQTTClientError(.packetTooLarge, "too large")
                }
            }
        )
        let properties = MQTTMessageProperties(userProperties: [MQTTUserProperty("tenant", "blue")])
        async let outcome = harness.deliver(Order(id: 1), topic: "o/1", properties: properties)
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(60))
        #expect(try await outcome.isDeadLettered)
        let counts = seen.withLock { $0 }
        #expect(counts.count == 2 && counts[1] < counts[0])
    }

    @Test("A context takes nothing after the handler has returned, and nothing that no message can be")
    func contextCloses() async throws {
        let kept = Mutex<HandlerContext?>(nil)
        let harness = try HandlerHarness(
            "o/#",
            handler: Scripted { _, context in
                kept.withLock { $0 = context }
                #expect(throws: WorkerError.self) { try context.publish(text: "x", to: "a/+") }
                #expect(throws: WorkerError.self) { try context.publish(text: "x", to: "") }
                for _ in 0..<1000 { try context.publish(text: "x", to: "x") }
                #expect(throws: WorkerError.self) { try context.publish(text: "x", to: "x") }
            }
        )
        let outcome = try await harness.deliver(Order(id: 1), topic: "o/1")
        #expect(outcome.published.count == 1000)
        let context = try #require(kept.withLock { $0 })
        let error = #expect(throws: WorkerError.self) { try context.publish(text: "late", to: "x") }
        #expect(error?.code == .contextClosed)
    }

    @Test("A topic that the filter does not match is the test's mistake")
    func wrongTopic() async throws {
        let harness = try HandlerHarness("o/#", handler: Scripted { _, _ in })
        await #expect(throws: WorkerError.self) { try await harness.deliver(Order(id: 1), topic: "p/1") }
    }
}
