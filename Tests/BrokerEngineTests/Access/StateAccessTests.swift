import BrokerAccess
import MQTTPackets
import StateStore
import Testing

@testable import BrokerEngine

/// Who may read and write which key of the state store, alone and in commits.
@Suite struct StateAccessTests {
    private static let rules = [
        AccessRule(
            connect: true,
            publish: ["out/#", "clients/{client}/#"],
            subscribe: ["clients/#"],
            readState: ["open/*", "read/*"]
        ),
        AccessRule(users: ["ann"], readState: ["ann/*"], writeState: ["ann/*", "open/*"]),
    ]

    private func harness() throws -> EngineHarness {
        let harness = EngineHarness()
        harness.engine.setAccess(try AccessPolicy(Self.rules), at: harness.now)
        return harness
    }

    private func client(_ harness: EngineHarness, _ name: String, as user: String) -> Peer {
        let peer = harness.connect(name, as: user) { $0.properties.userProperties = [BrokerEngine.extensionMark] }
        peer.subscribe("clients/\(name)/#")
        _ = peer.take()
        return peer
    }

    private func clients(_ harness: EngineHarness) -> (ann: Peer, bob: Peer) {
        (client(harness, "a", as: "ann"), client(harness, "b", as: "bob"))
    }

    private func key(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func answers(_ peer: Peer) -> [String] { peer.takeAndAcknowledge().map(\.text) }

    @Test func keysAreReadAndWrittenByRule() throws {
        let harness = try harness()
        let (ann, bob) = clients(harness)
        ann.request(.set(key: key("ann/1"), value: key("v")))
        ann.request(.set(key: key("open/1"), value: key("v")))
        ann.request(.set(key: key("read/1"), value: key("v")))
        ann.request(.get(key: key("ann/1")))
        #expect(answers(ann) == ["+OK\r\n", "+OK\r\n", "-ERR not authorized\r\n", "$1\r\nv\r\n"])
        bob.request(.get(key: key("ann/1")))
        bob.request(.get(key: key("open/1")))
        bob.request(.delete(key: key("open/1")))
        bob.request(.getMany(keys: [key("open/1"), key("ann/1")]))
        #expect(
            answers(bob) == [
                "-ERR not authorized\r\n", "$1\r\nv\r\n", "-ERR not authorized\r\n", "-ERR not authorized\r\n",
            ]
        )
        #expect(harness.engine.statistics.stateKeys == 2)
        #expect(harness.takeRefusals().map(\.action) == [.writeState, .readState, .writeState, .readState])
        harness.check()
    }

    @Test func aScanShowsWhatMayBeRead() throws {
        let harness = try harness()
        let (ann, bob) = clients(harness)
        ann.request(.set(key: key("ann/1"), value: key("v")))
        ann.request(.set(key: key("open/1"), value: key("v")))
        _ = answers(ann)
        for (peer, count) in [(ann, 2), (bob, 1)] {
            peer.request(.scan(prefix: [], count: 100))
            let page = try #require(answers(peer).first)
            #expect(page.components("open/1") == 1)
            #expect(page.components("/1") == count)
        }
    }

    @Test func watchersHearOfWhatTheyMayRead() throws {
        let harness = try harness()
        let (ann, bob) = clients(harness)
        bob.request(.watch(key: key("ann/1")))
        bob.request(.watch(key: key("open/1")))
        bob.request(.watchPrefix([]))
        #expect(answers(bob) == ["-ERR not authorized\r\n", "+OK\r\n", "+OK\r\n"])
        ann.request(.set(key: key("ann/1"), value: key("v")))
        ann.request(.set(key: key("open/1"), value: key("v")))
        let told = answers(bob).joined()
        #expect(told.components("open/1") == 1, "by the prefix")
        #expect(told.components("NOTIFY") == 1, "by the key")
        #expect(told.components("ann/1") == 0)
        harness.engine.setAccess(try AccessPolicy([AccessRule(connect: true)]), at: harness.now)
        harness.engine.setAccess(try AccessPolicy([Self.rules[1], AccessRule(connect: true)]), at: harness.now)
        ann.request(.set(key: key("open/1"), value: key("w")))
        #expect(answers(bob).isEmpty, "a right that is gone is gone for watches too")
        harness.check()
    }

    @Test func aCommitIsRefusedWholeForOneOperation() throws {
        let harness = try harness()
        let ann = client(harness, "a", as: "ann")
        let allowed = CommitOperation.set(key: key("ann/1"), value: key("v"))
        for forbidden in [
            CommitOperation.set(key: key("bob/1"), value: key("v")), .delete(key: key("bob/1")),
            .publish(CommitMessage(topic: "in/1", payload: [])),
        ] {
            ann.commit([allowed, forbidden])
            let answer = try #require(ann.takeAndAcknowledge().first)
            #expect(answer.text.contains("unauthorized"))
        }
        #expect(harness.engine.statistics.stateKeys == 0)
        ann.commit([allowed, .publish(CommitMessage(topic: "out/1", payload: []))])
        #expect(ann.takeAndAcknowledge().first?.text.contains("unauthorized") == false)
        #expect(harness.engine.statistics.commits == 1)
        harness.check()
    }

    @Test func answersGoNowhereTheClientMayNotPublish() throws {
        let harness = try harness()
        let ann = client(harness, "a", as: "ann")
        ann.request(.get(key: key("ann/1"))) { $0.properties.responseTopic = "machines/stop" }
        ann.request(.get(key: key("ann/1"))) { $0.properties.responseTopic = "clients/b/answers" }
        #expect(ann.takePubAcks().map(\.reasonCode) == [.notAuthorized, .notAuthorized])
        #expect(harness.engine.statistics.stateRequestsRefused == 2)
        ann.request(.get(key: key("ann/1"))) { $0.properties.responseTopic = "out/answers" }
        #expect(ann.takePubAcks().map(\.reasonCode) == [.success])
        #expect(harness.takeRefusals().map(\.action) == [.publish, .publish])
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
