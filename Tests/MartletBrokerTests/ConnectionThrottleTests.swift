import BrokerEngine
import NIOCore
import Testing

@testable import MartletBroker

/// A throttle that expectations may ask.
private final class Door {
    private var throttle: ConnectionThrottle

    init(_ limits: ConnectionLimits) { throttle = ConnectionThrottle(limits) }

    var remembered: Int { throttle.remembered }
    var refused: UInt64 { throttle.refused }

    func admits(_ network: PeerNetwork?, at time: EngineTime) -> Bool { throttle.admits(network, at: time) }
    func forget(_ network: PeerNetwork?, at time: EngineTime) { throttle.forget(network, at: time) }
}

@Suite struct ConnectionThrottleTests {
    private var now = EngineTime(milliseconds: 1_000)

    private func network(_ address: String) throws -> PeerNetwork {
        try #require(PeerNetwork(try SocketAddress(ipAddress: address, port: 1)))
    }

    @Test func anAddressIsItselfAndAnIPv6AddressIsItsNetwork() throws {
        #expect(try network("192.0.2.1") == network("192.0.2.1"))
        #expect(try network("192.0.2.1") != network("192.0.2.2"))
        #expect(try network("::ffff:192.0.2.1") == network("192.0.2.1"), "the same peer over either socket")
        #expect(try network("2001:db8::1") == network("2001:db8::ffff:2"), "a peer has a whole /64 to choose from")
        #expect(try network("2001:db8::1") != network("2001:db8:0:1::1"))
        #expect(PeerNetwork(try SocketAddress(unixDomainSocketPath: "socket")) == nil)
    }

    @Test func withoutLimitsEverythingIsTakenAndNothingRemembered() throws {
        let throttle = Door(ConnectionLimits())
        for _ in 0..<10_000 { #expect(try throttle.admits(network("192.0.2.1"), at: now)) }
        #expect(throttle.remembered == 0)
    }

    @Test func aNetworkHasSoManyConnections() throws {
        var limits = ConnectionLimits()
        limits.perNetwork = 3
        let throttle = Door(limits)
        let mallory = try network("192.0.2.66")
        for _ in 0..<3 { #expect(throttle.admits(mallory, at: now)) }
        #expect(!throttle.admits(mallory, at: now))
        #expect(try throttle.admits(network("192.0.2.1"), at: now), "a neighbour does not feel it")
        #expect(throttle.admits(nil, at: now))
        throttle.forget(mallory, at: now)
        #expect(throttle.admits(mallory, at: now))
        #expect(!throttle.admits(mallory, at: now))
        for _ in 0..<3 { throttle.forget(mallory, at: now) }
        #expect(throttle.remembered == 1)
        #expect(throttle.refused == 2)
    }

    @Test mutating func aNetworkHasItsRate() throws {
        var limits = ConnectionLimits()
        limits.ratePerNetwork = RateLimit(perSecond: 2, burst: 4)
        let throttle = Door(limits)
        let mallory = try network("192.0.2.66")
        #expect((0..<10).filter { _ in throttle.admits(mallory, at: now) }.count == 4)
        now.milliseconds += 1_000
        #expect((0..<10).filter { _ in throttle.admits(mallory, at: now) }.count == 2)
        for _ in 0..<6 { throttle.forget(mallory, at: now) }
        #expect(throttle.remembered == 1, "closing does not give the allowance back")
        now.milliseconds += 60_000
        #expect(throttle.admits(mallory, at: now))
        now.milliseconds += 60_000
        throttle.forget(mallory, at: now)
        #expect(throttle.remembered == 0)
    }

    @Test mutating func allTogetherHaveARate() throws {
        var limits = ConnectionLimits()
        limits.rate = RateLimit(perSecond: 5)
        limits.perNetwork = 1
        let throttle = Door(limits)
        var taken = 0
        for number in 0..<20 where throttle.admits(try network("192.0.2.\(number)"), at: now) { taken += 1 }
        #expect(taken == 5)
        now.milliseconds += 1_000
        // Those that were not taken have not used up the one connection of their network.
        #expect(try throttle.admits(network("192.0.2.19"), at: now))
    }

    @Test mutating func howMuchIsRememberedHasABound() throws {
        var limits = ConnectionLimits()
        limits.ratePerNetwork = RateLimit(perSecond: 1, burst: 2)
        limits.networks = 100
        let throttle = Door(limits)
        for number in 0..<250 { _ = throttle.admits(try network("192.0.2.\(number)"), at: now) }
        #expect(throttle.remembered == 100)
        #expect(throttle.refused == 148, "those beyond the table share the two of one place")
        for number in 0..<250 { throttle.forget(try network("192.0.2.\(number)"), at: now) }
        now.milliseconds += 10_000
        #expect(try throttle.admits(network("198.51.100.1"), at: now))
        #expect(throttle.remembered == 1, "who has earned everything back is forgotten when the place is needed")
    }
}
