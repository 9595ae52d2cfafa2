import StateStoreClient
import Testing

@Suite("A candidate for a lease, step by step")
struct LeaseCoreTests {
    private static let terms = LeaseTerms(
        duration: .seconds(10),
        renewalInterval: .seconds(3),
        attemptTimeout: .seconds(2),
        retryBase: .milliseconds(100),
        driftPartsPerMillion: 10_000,
        stepDownLead: .seconds(1),
        herdWindow: .seconds(1)
    )

    private static func core(_ ambition: LeaseAmbition = .wait) -> LeaseCore {
        LeaseCore(terms: Self.terms, ambition: ambition, name: Array("me".utf8), seed: 7)
    }

    private static func version(_ milliseconds: Int64) -> StateStoreVersion {
        StateStoreVersion(milliseconds: milliseconds, counter: 0, node: "S")
    }

    private static func acquire(_ actions: [LeaseAction]) -> UInt64? {
        for case .acquire(let request, _) in actions { return request }
        return nil
    }

    @Test func believesFromWhenTheRequestLeftAndNotLonger() throws {
        var core = Self.core()
        let request = try #require(Self.acquire(core.handle(.begin, at: .seconds(100))))
        #expect(!core.isHeld(at: .seconds(100)))
        // The answer took a second and a half: that is no part of the lease.
        let told = core.handle(.answered(request: request, .granted(Self.version(1))), at: .milliseconds(101_500))
        #expect(told.contains(.tell(.held(Self.version(1)))))
        // 10 s less 1 % of drift, 2 ms of whole milliseconds and a second to step down.
        let end = Duration.seconds(100) + .milliseconds(10_000 - 100 - 2 - 1_000)
        #expect(core.isHeld(at: end - .nanoseconds(1)))
        #expect(!core.isHeld(at: end), "though nobody has told it the time")
        #expect(core.fencingToken(at: end) == nil)
        #expect(core.handle(.tick, at: end).contains(.tell(.lost(.expired))))
    }

    @Test func anAnswerThatComesTooLateGrantsNothing() throws {
        var core = Self.core()
        let request = try #require(Self.acquire(core.handle(.begin, at: .zero)))
        let actions = core.handle(.answered(request: request, .granted(Self.version(1))), at: .seconds(9))
        #expect(!actions.contains { if case .tell(.held) = $0 { true } else { false } })
        #expect(!core.isHeld(at: .seconds(9)))
    }

    @Test func aReleaseDuringARenewalComesAfterItAndNothingIsAskedLater() throws {
        var core = Self.core()
        let first = try #require(Self.acquire(core.handle(.begin, at: .zero)))
        _ = core.handle(.answered(request: first, .granted(Self.version(1))), at: .milliseconds(1))
        let renewal = try #require(Self.acquire(core.handle(.tick, at: .seconds(3))))
        #expect(core.handle(.release, at: .seconds(3)).isEmpty, "the renewal is under way")
        #expect(!core.isHeld(at: .seconds(3)))
        let actions = core.handle(.answered(request: renewal, .granted(Self.version(2))), at: .seconds(4))
        guard case .release(let release, let holder)? = actions.first, actions.count == 1 else {
            Issue.record("\(actions)")
            return
        }
        #expect(holder == core.holder)
        #expect(core.handle(.answered(request: release, .released), at: .seconds(4)) == [.tell(.ended)])
        for second in 5...60 { #expect(core.handle(.tick, at: .seconds(second)).isEmpty) }
        #expect(core.nextWake == nil)
    }

    @Test func aTokenNeverGoesBackAndIsThatOfTheNewestRenewal() throws {
        var core = Self.core()
        let first = try #require(Self.acquire(core.handle(.begin, at: .zero)))
        _ = core.handle(.answered(request: first, .granted(Self.version(5))), at: .milliseconds(1))
        let renewal = try #require(Self.acquire(core.handle(.tick, at: .seconds(3))))
        let told = core.handle(.answered(request: renewal, .granted(Self.version(9))), at: .seconds(3))
        #expect(told == [.tell(.renewed(Self.version(9)))])
        #expect(core.fencingToken(at: .seconds(4)) == Self.version(9))
    }

    @Test func whatWasSeenCountsOnlyIfItIsNewer() throws {
        var core = Self.core()
        let request = try #require(Self.acquire(core.handle(.begin, at: .zero)))
        _ = core.handle(.answered(request: request, .granted(Self.version(5))), at: .milliseconds(1))
        // The deletion of whoever held it before, which comes late.
        _ = core.handle(.observed(holder: nil, version: Self.version(4)), at: .milliseconds(2))
        #expect(core.isHeld(at: .milliseconds(2)))
        let actions = core.handle(.observed(holder: [1], version: Self.version(6)), at: .milliseconds(3))
        #expect(actions.contains(.tell(.lost(.taken))))
        #expect(!core.isHeld(at: .milliseconds(3)))
    }

    @Test func eachHoldHasANameOfItsOwn() throws {
        var core = Self.core(.always)
        let first = try #require(Self.acquire(core.handle(.begin, at: .zero)))
        let before = core.holder
        _ = core.handle(.answered(request: first, .granted(Self.version(1))), at: .milliseconds(1))
        var actions = core.handle(.fenced, at: .seconds(1))
        #expect(actions.first == .tell(.lost(.fenced)))
        guard case .release(let release, before)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        _ = core.handle(.answered(request: release, .released), at: .seconds(1))
        actions = core.handle(.tick, at: .seconds(4))
        #expect(Self.acquire(actions) != nil)
        #expect(core.holder != before)
    }

    @Test func thoseWhoWaitAreSpreadOverTheWindow() throws {
        var wakes: Set<Duration> = []
        for seed in 0..<100 {
            var core = LeaseCore(terms: Self.terms, ambition: .wait, name: [1], seed: UInt64(seed))
            let request = try #require(Self.acquire(core.handle(.begin, at: .zero)))
            _ = core.handle(.answered(request: request, .heldByAnother), at: .zero)
            _ = core.handle(.observed(holder: nil, version: Self.version(1)), at: .seconds(1))
            let wake = try #require(core.nextWake)
            #expect(wake >= .seconds(1) && wake < .seconds(2))
            wakes.insert(wake)
        }
        #expect(wakes.count > 90)
    }
}
