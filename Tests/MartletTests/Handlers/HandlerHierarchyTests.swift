import Martlet
import MartletTesting
import NIOCore
import Testing

/// A class that a service puts above all its handlers.
private class AuditedHandler<Message: Decodable>: OpenHandler<Message>, @unchecked Sendable {
    override func handle(_ message: Message, context: HandlerContext) async throws {
        try await super.handle(message, context: context)
        try context.publish(text: context.topic, to: "audit")
    }

    override func failureAction(for error: any Error, context: HandlerContext) -> FailureAction {
        error is Failure ? .deadLetter : super.failureAction(for: error, context: context)
    }
}

private class OrderHandler: AuditedHandler<Order>, @unchecked Sendable {
    func price(of order: Order) -> Int { order.id * 10 }

    override func handle(_ order: Order, context: HandlerContext) async throws {
        try await super.handle(order, context: context)
        if order.id < 0 { throw Failure(description: "a negative order") }
        try context.publish(text: "\(price(of: order))", to: "price")
    }
}

private final class DiscountHandler: OrderHandler, @unchecked Sendable {
    private let percent: Int

    init(percent: Int) {
        self.percent = percent
        super.init(codec: JSONMessageCodec())
    }

    override func price(of order: Order) -> Int { super.price(of: order) * (100 - percent) / 100 }
}

/// A hierarchy that begins at a class of the service's own and knows nothing of `OpenHandler`.
private class OwnBase: Handler, @unchecked Sendable {
    func handle(_ message: [UInt8], context: HandlerContext) async throws {
        try context.publish(text: greeting, to: "out")
    }

    var greeting: String { "base" }
}

private final class OwnSubclass: OwnBase, @unchecked Sendable {
    override var greeting: String { "subclass of \(super.greeting)" }
}

@Suite("Handlers that are subclasses")
struct HandlerHierarchyTests {
    private func published(_ handler: some Handler, _ order: Order) async throws -> [String] {
        let harness = try HandlerHarness("orders/+", handler: handler)
        return try await harness.deliver(order, topic: "orders/1").published.map { String(buffer: $0.payload) }
    }

    @Test("Each class of the hierarchy does its part, and super calls reach the class above")
    func superCalls() async throws {
        #expect(try await published(OrderHandler(), Order(id: 7)) == ["orders/1", "70"])
        #expect(try await published(DiscountHandler(percent: 50), Order(id: 7)) == ["orders/1", "35"])
    }

    @Test("What a class says about failures holds for the classes below it")
    func failures() async throws {
        let harness = try HandlerHarness("orders/+", handler: DiscountHandler(percent: 1))
        let outcome = try await harness.deliver(Order(id: -1), topic: "orders/1")
        #expect(outcome.isDeadLettered)
        #expect(outcome.attempts == 1)
        #expect(outcome.published.isEmpty)
    }

    @Test("The overrides of the object count, whatever the type of the variable")
    func dynamicDispatch() async throws {
        let handler: OrderHandler = DiscountHandler(percent: 10)
        #expect(try await published(handler, Order(id: 10)) == ["orders/1", "90"])
        let registration = HandlerRegistration("orders/+", handler: handler)
        #expect(registration.name == "DiscountHandler")
    }

    @Test("A service may put a class of its own at the top")
    func ownBase() async throws {
        let handler: OwnBase = OwnSubclass()
        let harness = try HandlerHarness("in", handler: handler)
        let outcome = try await harness.deliver(bytes: [1], topic: "in")
        #expect(outcome.published.map { String(buffer: $0.payload) } == ["subclass of base"])
    }
}
