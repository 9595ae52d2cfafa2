import InMemoryTracing
import MQTTClient
import Martlet
import MartletTesting
import NIOCore
import Testing
import Tracing

/// The way of a trace through a worker.
@Suite("Traces", .timeLimit(.minutes(10)))
struct TraceTests {
    private let trace = String(repeating: "a", count: 32)
    private let sender = String(repeating: "b", count: 16)
    private var traceParent: String { "00-\(trace)-\(sender)-01" }

    /// Runs a worker with one handler, sends it one message, and waits for what it publishes below `out/`.
    private func handle(
        _ properties: [MQTTUserProperty],
        tracer: (any Tracer)?,
        handler: Texts
    ) async throws -> MQTTMessage {
        try await BrokerUnderTest.with(.martlet) { broker in
            try await broker.withClient("reader") { client in
                _ = try await client.subscribe([MQTTSubscription("out/#"), MQTTSubscription("martlet/dead-letter/#")])
                var configuration = broker.worker("w")
                configuration.tracer = tracer
                let worker = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: handler)])
                worker.start()
                var message = MQTTMessage(topic: "in/a", text: "a")
                message.properties.userProperties = properties
                while try await client.publish(message).reasonCode == .noMatchingSubscribers { await Task.yield() }
                var iterator = client.deliveries.makeAsyncIterator()
                let delivery = try #require(await iterator.next())
                delivery.acknowledge()
                try await worker.stop()
                return delivery.message
            }
        }
    }

    @Test("The traceparent of a message is the parent of its handling's span, which what it publishes carries on")
    func carriesOn() async throws {
        let tracer = TraceParentTracer()
        let published = try await handle(
            [MQTTUserProperty("tenant", "blue"), MQTTUserProperty("traceparent", traceParent)],
            tracer: tracer,
            handler: Texts { text, context in
                await tracer.withSpan("within") { _ in await Task.yield() }
                try context.publish(text: text, to: "out/a")
            }
        )
        let handling = try #require(tracer.spans.finishedSpans.first { $0.operationName == "process in/a" })
        #expect(handling.traceID == trace)
        #expect(handling.parentSpanID == sender)
        #expect(handling.kind == .consumer)
        #expect(handling.attributes["messaging.destination.name"]?.toSpanAttribute() == .string("in/a"))
        #expect(handling.attributes["messaging.consumer.group.name"]?.toSpanAttribute() == .string("w"))
        #expect(handling.attributes["martlet.attempts"]?.toSpanAttribute() == .int64(1))
        #expect(handling.errors.isEmpty)
        let within = try #require(tracer.spans.finishedSpans.first { $0.operationName == "within" })
        #expect(within.traceID == trace && within.parentSpanID == handling.spanID)
        #expect(
            published.properties.userProperty("traceparent") == "00-\(trace)-\(handling.spanID)-01",
            "\(published.properties.userProperties)"
        )
        #expect(published.properties.userProperty("tenant") == nil, "only the trace is carried on")
    }

    @Test("A message without a traceparent begins a trace")
    func begins() async throws {
        let tracer = TraceParentTracer()
        let published = try await handle([], tracer: tracer, handler: Texts { try $1.publish(text: $0, to: "out/a") })
        let handling = try #require(tracer.spans.finishedSpans.first)
        #expect(handling.parentSpanID == nil)
        #expect(
            published.properties.userProperty("traceparent") == "00-\(handling.traceID)-\(handling.spanID)-01"
        )
    }

    @Test("Without a tracer the trace is passed on as it came")
    func passesOn() async throws {
        let published = try await handle(
            [MQTTUserProperty("traceparent", traceParent), MQTTUserProperty("tracestate", "a=1")],
            tracer: nil,
            handler: Texts { try $1.publish(text: $0, to: "out/a") }
        )
        #expect(published.properties.userProperty("traceparent") == traceParent)
        #expect(published.properties.userProperty("tracestate") == "a=1")
    }

    @Test("A traceparent that the handler sets itself is left alone")
    func leavesAlone() async throws {
        let published = try await handle(
            [MQTTUserProperty("traceparent", traceParent)],
            tracer: TraceParentTracer(),
            handler: Texts { text, context in
                let own = MQTTMessageProperties(userProperties: [MQTTUserProperty("traceparent", "mine")])
                try context.publish(MQTTMessage(topic: "out/a", text: text, properties: own))
            }
        )
        #expect(published.properties.userProperties == [MQTTUserProperty("traceparent", "mine")])
    }

    @Test(
        "Each delivery is a span of one trace, with its error; a dead letter keeps the trace that its message came with"
    )
    func recordsFailures() async throws {
        let tracer = TraceParentTracer()
        let letter = try await handle(
            [MQTTUserProperty("traceparent", traceParent)],
            tracer: tracer,
            handler: Texts { _, context in throw Failure(description: "attempt \(context.attempt)") }
        )
        let spans = tracer.spans.finishedSpans
        let handling = try #require(spans.last)
        #expect(spans.count == 3)
        #expect(spans.flatMap { $0.errors.map { "\($0.error)" } } == ["attempt 1", "attempt 2", "attempt 3"])
        #expect(handling.status?.code == .error)
        #expect(handling.attributes["martlet.attempts"]?.toSpanAttribute() == .int64(3))
        #expect(letter.properties.userProperty("traceparent") == traceParent)
    }
}
