import Logging
import Testing

@testable import Martlet

@Suite("The worker's configuration")
struct WorkerConfigurationTests {
    private struct Nothing: Handler {
        func handle(_ message: [UInt8], context: HandlerContext) async throws {}
    }

    private func error(_ change: (inout WorkerConfiguration) -> Void) -> WorkerError? {
        var configuration = WorkerConfiguration(name: "w")
        change(&configuration)
        let handlers = [HandlerRegistration("a", handler: Nothing())]
        return #expect(throws: WorkerError.self) {
            try Worker(configuration: configuration, handlers: handlers, logger: Logger(label: "test"))
        }
    }

    @Test("Slots follow the threads unless they are given")
    func slots() {
        var configuration = WorkerConfiguration(name: "w")
        #expect(configuration.threads >= 2)
        configuration.threads = 3
        #expect(configuration.effectiveSlots == 24)
        configuration.slots = 5
        #expect(configuration.effectiveSlots == 5)
        configuration.slots = nil
        configuration.threads = 10_000
        #expect(configuration.effectiveSlots == 65_535)
    }

    @Test("Levels have letters, and A is the strongest")
    func levels() {
        #expect(GuaranteeLevel.standard < .deduplicated && GuaranteeLevel.deduplicated < .atomic)
        #expect(GuaranteeLevel(letter: "a") == .atomic && GuaranteeLevel(letter: "D") == nil)
    }

    @Test("What contradicts the protocol is refused")
    func refused() {
        let changes: [(inout WorkerConfiguration) -> Void] = [
            { $0.name = "" }, { $0.name = "a/b" }, { $0.replica = "+" }, { $0.threads = 0 }, { $0.slots = 0 },
            { $0.slots = 65_536 }, { $0.grace = .seconds(-1) }, { $0.deadline = .zero },
            { $0.stateRoot = "a/b" }, { $0.checkpointSize = 0 }, { $0.stateMemory = -1 },
            { $0.messageIdentifierProperty = "" }, { $0.deadLetterRoot = "a/#" }, { $0.deadLetterRoot = "" },
            { $0.group = "a+b" },
        ]
        for change in changes {
            #expect(error(change)?.code == .invalidConfiguration)
        }
    }
}
