import BrokerEngine
import MQTTPackets
import NIOCore
import StateStore
import Testing

/// The state store's protocol, as its clients see it.
@Suite struct StateRequestTests {
    let harness = EngineHarness()
    let client: Peer

    init() {
        client = harness.resume("client")
        client.subscribe("clients/client/answers")
        _ = client.take()
    }

    private func answer(_ command: StateCommand, token: String? = nil) -> Publish? {
        client.request(command, token: token)
        let answers = client.takeAnswers()
        return answers.count == 1 ? answers[0] : nil
    }

    @Test func aKeyIsSetReadAndRemoved() throws {
        let set = try #require(answer(.set(key: [1], value: Array("v".utf8))))
        #expect(set.text == "+OK\r\n")
        #expect(set.user("__stat") == "200")
        #expect(set.user("__ts")?.hasSuffix(":StateStore") == true)
        #expect(set.properties.correlationData == ByteBuffer(string: "1"))
        #expect(set.qos == .atLeastOnce)
        let get = try #require(answer(.get(key: [1])))
        #expect(get.text == "$1\r\nv\r\n")
        #expect(get.user("__ts") == set.user("__ts"))
        #expect(answer(.delete(key: [1]))?.text == ":1\r\n")
        let miss = try #require(answer(.get(key: [1])))
        #expect(miss.text == "$-1\r\n")
        #expect(miss.user("__ts") == nil)
        harness.check()
    }

    @Test func requestsAreRoutedToNobody() {
        let spy = harness.connect("spy")
        spy.subscribe("#")
        spy.subscribe("statestore/#")
        spy.subscribe("$martlet/#")
        client.request(.get(key: [1]))
        #expect(spy.takePublishes().map(\.topic) == ["clients/client/answers"])
    }

    @Test func theAnswerAndThePubAckWaitForThePage() {
        harness.holdsPages = true
        client.request(.set(key: [1], value: [2]))
        client.request(.get(key: [1]))
        client.request(.get(key: [9]))
        #expect(client.takePubAcks().isEmpty)
        #expect(client.takeAnswers().map(\.text) == ["$-1\r\n"], "what is not there was not there before, either")
        harness.settle()
        #expect(client.takePubAcks().count == 3)
        #expect(client.takeAnswers().map(\.text) == ["+OK\r\n", "$1\r\n\u{2}\r\n"])
    }

    @Test func anAnsweredWriteSurvivesACrash() throws {
        let version = try #require(answer(.set(key: [1], value: Array("v".utf8)))?.user("__ts"))
        #expect(answer(.set(key: [2], value: [2])) != nil)
        #expect(answer(.delete(key: [2])) != nil)
        let after = harness.crash(downtime: -500_000)
        let client = after.resume("client")
        _ = client.takeAnswers()
        client.request(.get(key: [1]))
        let answer = try #require(client.takeAnswers().first)
        #expect(answer.text == "$1\r\nv\r\n")
        #expect(answer.user("__ts") == version)
        client.request(.get(key: [2]))
        #expect(client.takeAnswers().first?.text == "$-1\r\n")
        client.request(.set(key: [3], value: [3]), timestamp: "0:0:tester")
        let later = try #require(client.takeAnswers().first?.user("__ts"))
        #expect(later > version, "though the wall clock went back")
        after.check()
    }

    @Test func versionsGoOnThoughEveryKeyIsGone() throws {
        let version = try #require(answer(.set(key: [1], value: [1]))?.user("__ts"))
        let removal = try #require(answer(.delete(key: [1]))?.user("__ts"))
        #expect(removal > version)
        var after = harness.crash(downtime: -900_000)
        after = after.crash()
        let client = after.resume("client")
        client.request(.set(key: [3], value: [3]), timestamp: "0:0:tester")
        let later = try #require(client.takeAnswers().last?.user("__ts"))
        #expect(later > removal)
    }

    @Test func anExpiredKeyIsGoneAndItsWatcherIsTold() throws {
        let watcher = harness.connect("watcher")
        watcher.subscribe(watcher.responseTopic)
        watcher.request(.watch(key: Array("k".utf8)))
        #expect(watcher.takeAnswers().map(\.text) == ["+OK\r\n"])
        #expect(answer(.set(key: Array("k".utf8), value: [7], lifetime: 5_000)) != nil)
        let set = try #require(watcher.takePublishes().first)
        #expect(set.topic == StateStore.reservedPrefix + "/77617463686572/command/notify/6B")
        #expect(set.text == "*4\r\n$6\r\nNOTIFY\r\n$3\r\nSET\r\n$5\r\nVALUE\r\n$1\r\n\u{7}\r\n")
        #expect(set.user("__ts") != nil)
        watcher.acknowledge(set)
        harness.advance(seconds: 6)
        let gone = try #require(watcher.takePublishes().first)
        #expect(gone.text == "*2\r\n$6\r\nNOTIFY\r\n$6\r\nDELETE\r\n")
        #expect(gone.user("__ts") != nil)
        #expect(answer(.get(key: Array("k".utf8)))?.text == "$-1\r\n")
        let after = harness.crash(downtime: -600_000)
        let client = after.resume("client")
        client.request(.get(key: Array("k".utf8)))
        #expect(client.takeAnswers().last?.text == "$-1\r\n", "also when the wall clock went back")
    }

    @Test func watchesEndWithTheConnection() {
        let watcher = harness.resume("watcher")
        watcher.subscribe(watcher.responseTopic)
        watcher.request(.watch(key: [1]))
        watcher.cut()
        let again = harness.resume("watcher")
        _ = again.takeAnswers()
        #expect(answer(.set(key: [1], value: [1])) != nil)
        #expect(again.takePublishes().isEmpty)
    }

    @Test func aNoticeWaitsForThePage() {
        let watcher = harness.connect("watcher")
        watcher.request(.watch(key: [1]))
        harness.holdsPages = true
        client.request(.set(key: [1], value: [1]))
        #expect(watcher.takePublishes().isEmpty)
        harness.settle()
        #expect(watcher.takePublishes().count == 1)
    }

    @Test func aRequestThatCannotBeAnsweredIsRefused() {
        client.request(.get(key: [1])) { $0.properties.responseTopic = nil }
        client.request(.get(key: [1])) { $0.properties.correlationData = nil }
        #expect(
            client.takePubAcks().map(\.reasonCode) == [.implementationSpecificError, .implementationSpecificError]
        )
        client.request(.set(key: [1], value: [1])) {
            $0.qos = .atMostOnce
            $0.packetIdentifier = nil
        }
        #expect(client.take().isEmpty)
        #expect(answer(.get(key: [1]))?.text == "$-1\r\n", "a request of QoS 0 does nothing")
    }

    @Test(arguments: [
        StateStore.requestTopic, StateStore.reservedPrefix + "/x", "$SYS/x", "$martlet/v1/commit",
    ])
    func aForbiddenResponseTopicEndsTheConnection(_ topic: String) {
        client.request(.get(key: [1])) { $0.properties.responseTopic = topic }
        #expect(client.disconnectReason == .topicNameInvalid)
        #expect(client.isClosed)
    }

    @Test func theExtensionIsForThoseWhoAskedForIt() {
        #expect(answer(.getMany(keys: [[1]]))?.text == "-ERR unknown command\r\n")
        client.commit([.set(key: [1], value: [1])])
        #expect(client.takeAnswers().first?.text == "-ERR unknown command\r\n")
        let extended = harness.connect("extended", Peer.extended)
        #expect(extended.connAck?.properties.userProperties == [UserProperty(name: "martlet", value: "1")])
        extended.subscribe(extended.responseTopic)
        extended.request(.getMany(keys: [[1]]))
        #expect(extended.takeAnswers().first?.text == "*1\r\n$-1\r\n")
        #expect(client.connAck?.properties.userProperties ?? [] == [])
    }

    @Test func whoWatchesAPrefixIsToldOnceAPage() throws {
        let watcher = harness.connect("watcher", Peer.extended)
        watcher.subscribe(watcher.responseTopic)
        watcher.request(.watchPrefix([7]))
        harness.holdsPages = true
        harness.endsTurns = false
        client.request(.set(key: [7, 1], value: [1]))
        client.request(.set(key: [7, 2], value: [1]))
        client.request(.set(key: [7, 1], value: [2]))
        client.request(.set(key: [8], value: [1]))
        watcher.request(.set(key: [7, 3], value: [1]))
        harness.turn()
        _ = watcher.takeAnswers()
        #expect(watcher.takePublishes().isEmpty)
        harness.completePage()
        harness.turn()
        _ = watcher.takeAnswers()
        let notices = watcher.takePublishes()
        #expect(notices.map(\.topic) == ["$martlet/v1/changed"])
        let payload = Array(try #require(notices.first).payload.readableBytesView)
        let changes = StateChanges.parse(payload.span)
        #expect(changes?.entries.map(\.key) == [[7, 2], [7, 1]])
    }

    @Test func aFullJournalRefusesNewKeysAndAnswersWhatItHasWhenThereIsRoom() {
        #expect(answer(.set(key: [1], value: [1])) != nil)
        harness.capacity = harness.storedBytes
        client.request(.set(key: [2], value: [2]))
        #expect(client.takeAnswers().isEmpty, "it is tried again, and nobody is told before it is durable")
        client.request(.set(key: [3], value: [3]))
        #expect(client.takeAnswers().map(\.text) == ["-ERR the quota has been exceeded\r\n"])
        harness.capacity = .max
        harness.retryPage()
        harness.engine.setSpace(isEnough: true)
        harness.turn()
        #expect(client.takeAnswers().map(\.text) == ["+OK\r\n"])
        #expect(client.takePubAcks().allSatisfy { $0.reasonCode == .success })
        #expect(answer(.get(key: [3]))?.text == "$-1\r\n")
        #expect(harness.crash().engine.statistics.stateKeys == 2)
        harness.check()
    }

    @Test func keysOfMemoryAreNotJournaled() {
        let harness = EngineHarness { $0.memoryOnlyStatePrefixes = [[1]] }
        let client = harness.resume("client")
        client.subscribe(client.responseTopic)
        harness.holdsPages = true
        client.request(.set(key: [1, 1], value: [1]))
        #expect(client.takeAnswers().count == 1, "it does not wait")
        client.request(.set(key: [2], value: [1]))
        harness.settle()
        harness.check()
        #expect(harness.crash().engine.statistics.stateKeys == 1)
    }

    @Test func manyKeysSurviveCleaning() throws {
        let harness = EngineHarness { $0.limits.journalSlack = 2_000 }
        let client = harness.resume("client")
        client.subscribe(client.responseTopic)
        for round in 0..<40 {
            for key in 0..<8 where round == 0 || key < 2 {
                client.request(.set(key: [UInt8(key)], value: [UInt8](repeating: UInt8(round), count: 50)))
            }
            _ = client.takeAnswers()
            harness.advance(seconds: 1)
        }
        #expect(harness.storedBytes < 8_000)
        harness.check()
        let after = harness.crash()
        after.check()
        #expect(after.engine.statistics.stateKeys == 8)
    }
}
