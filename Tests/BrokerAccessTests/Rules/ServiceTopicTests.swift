import StateStore
import Testing

@testable import BrokerAccess

/// What a worker needs of the broker itself works under any rules that let it in.
@Suite struct ServiceTopicTests {
    private static func access(_ client: String, _ rule: AccessRule = AccessRule(connect: true)) throws
        -> ConnectionAccess
    {
        try AccessPolicy([rule]).access(for: Principal(userName: nil, clientIdentifier: client))
    }

    private static func answers(_ level: String) -> String {
        "clients/\(level)/services/\(StateStore.requestTopic)/response"
    }

    @Test func theTopicsAreTheStateStores() {
        #expect(ServiceTopic.request == StateStore.requestTopic)
        #expect(ServiceTopic.commit == StateStore.commitTopic)
        #expect(ServiceTopic.notices == StateStore.reservedPrefix)
    }

    @Test func requestsAndCommitsNeedNoRule() throws {
        let access = try Self.access("w1")
        #expect(access.publishes(StateStore.requestTopic) && access.publishes(StateStore.commitTopic))
        #expect(!access.publishes(StateStore.commitTopic + "s") && !access.publishes("$martlet/v1/other"))
        #expect(!access.reads("a") && !access.writes("a"))
    }

    @Test(arguments: [("w1", "w1"), ("a/b", "a/b"), ("a+#%", "a%2B%23%25"), ("é", "é")])
    func answersComeToTheClientsOwnTopic(client: String, level: String) throws {
        let access = try Self.access(client)
        #expect(access.subscribes(Self.answers(level)) && access.hasAnswers(at: Self.answers(level)))
        #expect(!access.publishes(Self.answers(level)))
        for other in ["w2", "w", "w11", "+", "#", "a", "a+#%", "", "w1/x"] where other != level {
            #expect(!access.subscribes(Self.answers(other)), "\(other)")
            #expect(!access.hasAnswers(at: Self.answers(other)), "\(other)")
        }
        #expect(!access.subscribes("clients/\(level)/#") && !access.subscribes("clients/+/services/#"))
    }

    @Test func answersMayGoWhereTheClientMayPublish() throws {
        let access = try Self.access("w1", AccessRule(publish: ["replies/#"]))
        #expect(access.hasAnswers(at: "replies/1"))
        #expect(!access.hasAnswers(at: "alarms/1") && !access.hasAnswers(at: StateStore.requestTopic))
        #expect(!access.hasAnswers(at: StateStore.commitTopic))
    }

    @Test func noticesComeToTheClientThatWatches() throws {
        let access = try Self.access("client-id1")
        let own = StateStore.reservedPrefix + "/636C69656E742D696431/command/notify/"
        #expect(access.subscribes(own + "+") && access.subscribes(own + "534F4D454B4559"))
        #expect(access.subscribes(StateStore.reservedPrefix + "/client-id1/command/notify"))
        for filter in [
            own + "#", own, own + "+/x", StateStore.reservedPrefix + "/#",
            StateStore.reservedPrefix + "/+/command/notify/+",
            StateStore.reservedPrefix + "/636C69656E742D696432/command/notify/+",
            StateStore.reservedPrefix + "/636c69656E742D696431/command/notify/+",
            StateStore.reservedPrefix + "/client-id2/command/notify",
        ] {
            #expect(!access.subscribes(filter), "\(filter)")
        }
        #expect(try !Self.access("+").subscribes(StateStore.reservedPrefix + "/+/command/notify"))
        #expect(try Self.access("+").subscribes(StateStore.reservedPrefix + "/2B/command/notify/+"))
    }

    @Test func nobodyForgesNotices() throws {
        let access = try Self.access("w1", AccessRule(publish: ["#", StateStore.reservedPrefix + "/#"]))
        #expect(access.publishes("a"))
        #expect(!access.publishes(StateStore.reservedPrefix + "/6161/command/notify/61"))
        #expect(!access.hasAnswers(at: StateStore.reservedPrefix + "/6161/command/notify/61"))
    }
}
