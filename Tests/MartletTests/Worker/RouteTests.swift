import Testing

@testable import Martlet

@Suite("Routes")
struct RouteTests {
    private struct Nothing: Handler {
        func handle(_ message: [UInt8], context: HandlerContext) async throws {}
    }

    private func table(_ filters: (String, String?)..., change: (inout WorkerConfiguration) -> Void = { _ in }) throws
        -> RouteTable
    {
        var configuration = WorkerConfiguration(name: "w")
        change(&configuration)
        let registrations = filters.enumerated().map { index, filter in
            HandlerRegistration(filter.0, handler: Nothing(), name: "h\(index)", group: filter.1)
        }
        return try RouteTable(registrations, configuration: configuration)
    }

    @Test("The subscription identifier says for whom a message is; the topic only without one")
    func findsTheHandler() throws {
        let table = try table(("a/+", nil), ("a/b", nil), ("#", "other"), change: { $0.deadLetterRoot = "$dead" })
        for route in table.routes {
            #expect((1...268_435_455).contains(route.identifier))
            let found = table.route(topic: "a/b", identifiers: [route.identifier])
            #expect(found?.registration.name == route.registration.name)
        }
        #expect(table.route(topic: "a/b", identifiers: [])?.registration.name == "h0")
        #expect(table.route(topic: "c", identifiers: [])?.registration.name == "h2")
        #expect(table.route(topic: "a/b", identifiers: [1]) == nil, "a subscription of an older version is nobody's")
        #expect(table.routes.map(\.sharedFilter) == ["$share/w/a/+", "$share/w/a/b", "$share/other/#"])
    }

    @Test(
        "A handler must not get its own dead letters",
        arguments: ["#", "martlet/#", "+/dead-letter/#", "martlet/+/w/x"]
    )
    func deadLetterLoop(filter: String) {
        let error = #expect(throws: WorkerError.self) { try table((filter, nil)) }
        #expect(error?.message.contains("own dead letters") == true)
    }

    @Test(
        "A handler may get the dead letters of another group",
        arguments: ["martlet/dead-letter/orders/#", "martlet", "+/x/#"]
    )
    func deadLettersOfOthers(filter: String) throws {
        _ = try table((filter, nil))
    }

    @Test("What can not work is refused at once")
    func refused() {
        #expect(throws: WorkerError.self) { try RouteTable([], configuration: WorkerConfiguration(name: "w")) }
        #expect(throws: WorkerError.self) { try table(("a", nil), ("a", nil)) }
        #expect(throws: WorkerError.self) { try table(("a/#/b", nil)) }
        #expect(throws: WorkerError.self) { try table(("$share/g/a", nil)) }
        #expect(throws: WorkerError.self) { try table(("a", "g/h")) }
        #expect(throws: WorkerError.self) { try table(("a", "")) }
    }

    @Test("The same filter for two groups is two subscriptions")
    func twoGroups() throws {
        let table = try table(("a", "one"), ("a", "two"))
        #expect(table.routes[0].identifier != table.routes[1].identifier)
    }

    @Test("Wildcards give back what they stand for")
    func captures() throws {
        #expect(try TopicPattern("a/+/c/+").captures(in: "a/1/c/2") == ["1", "2"])
        #expect(try TopicPattern("a/#").captures(in: "a/1/c") == ["1/c"])
        #expect(try TopicPattern("a/#").captures(in: "a") == [""])
        #expect(try TopicPattern("+/+").captures(in: "/x") == ["", "x"])
        #expect(try TopicPattern("a").captures(in: "a") == [])
        #expect(try TopicPattern("a").captures(in: "b") == nil)
    }
}
