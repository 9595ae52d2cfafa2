import Testing

@testable import BrokerAccess

@Suite struct AccessPolicyTests {
    private static let alice = Principal(
        userName: "alice",
        clientIdentifier: "phone",
        attributes: ["site": "north", "empty": ""],
        groups: ["sensors", "staff"]
    )

    private static func access(_ rule: AccessRule, for principal: Principal = alice) throws -> ConnectionAccess {
        try AccessPolicy([rule]).access(for: principal)
    }

    // MARK: Conditions

    @Test func withoutARuleNothingIsAllowed() {
        let access = AccessPolicy().access(for: Self.alice)
        #expect(!access.mayConnect)
        #expect(!access.publishes("a") && !access.subscribes("a") && !access.reads("a") && !access.writes("a"))
    }

    @Test func aRuleWithoutConditionsIsForEverybody() throws {
        let rule = AccessRule(connect: true, publish: ["a"])
        #expect(try Self.access(rule, for: Principal(userName: nil, clientIdentifier: "x")).mayConnect)
        #expect(try Self.access(rule).publishes("a"))
    }

    @Test func toConnectHasToBeAllowedByName() throws {
        #expect(try !Self.access(AccessRule(publish: ["#"])).mayConnect)
    }

    @Test(arguments: [
        (AccessRule(users: ["alice"], connect: true), true),
        (AccessRule(users: ["bob", "al*"], connect: true), true),
        (AccessRule(users: ["bob"], connect: true), false),
        (AccessRule(users: ["Alice"], connect: true), false),
        (AccessRule(clients: ["pho*"], connect: true), true),
        (AccessRule(clients: ["tablet"], connect: true), false),
        (AccessRule(groups: ["staff"], connect: true), true),
        (AccessRule(groups: ["admins"], connect: true), false),
        (AccessRule(attributes: ["site": ["south", "n*"]], connect: true), true),
        (AccessRule(attributes: ["site": ["south"]], connect: true), false),
        (AccessRule(attributes: ["floor": ["*"]], connect: true), false),
        (AccessRule(attributes: ["site": ["north"], "floor": ["1"]], connect: true), false),
        (AccessRule(users: ["alice"], clients: ["phone"], groups: ["staff"], connect: true), true),
        (AccessRule(users: ["alice"], clients: ["tablet"], groups: ["staff"], connect: true), false),
        (AccessRule(users: ["alice"], clients: ["phone"], groups: ["admins"], connect: true), false),
        (AccessRule(users: ["bob"], clients: ["phone"], groups: ["staff"], connect: true), false),
    ])
    func allConditionsMustHold(rule: AccessRule, holds: Bool) throws {
        #expect(try Self.access(rule).mayConnect == holds)
    }

    @Test func aUserConditionIsForNobodyAnonymous() throws {
        let nobody = Principal(userName: nil, clientIdentifier: "phone")
        #expect(try !Self.access(AccessRule(users: ["*"], connect: true), for: nobody).mayConnect)
        #expect(
            try !Self.access(AccessRule(clients: ["{user}-*"], connect: true), for: nobody)
                .mayConnect
        )
    }

    @Test func clientIdentifiersCanBeBoundToTheUser() throws {
        let rule = AccessRule(clients: ["{user}", "{user}-*", "{group}/x"], connect: true)
        func connects(_ user: String, _ client: String) throws -> Bool {
            let principal = Principal(userName: user, clientIdentifier: client, groups: ["g1", "g2"])
            return try Self.access(rule, for: principal).mayConnect
        }
        #expect(try connects("alice", "alice") && connects("alice", "alice-1") && connects("alice", "g2/x"))
        #expect(try !connects("alice", "bob") && !connects("alice", "alice1") && !connects("alice", "g3/x"))
        // `a-b` would share `a-b-1` with `a`: then it has neither.
        #expect(try !connects("a-b", "a-b-1"))
        #expect(try connects("a-b", "a-b"))
        // A star in a name is no star.
        #expect(try !connects("*", "alice"))
    }

    @Test func rulesAddUp() throws {
        let policy = try AccessPolicy([
            AccessRule(users: ["alice"], publish: ["a"]), AccessRule(groups: ["staff"], connect: true, publish: ["b"]),
            AccessRule(users: ["bob"], publish: ["c"]), AccessRule(users: ["alice", "bob"], publish: ["d/{user}"]),
        ])
        let access = policy.access(for: Self.alice)
        #expect(access.mayConnect)
        #expect(access.publishes("a") && access.publishes("b") && access.publishes("d/alice"))
        #expect(!access.publishes("c") && !access.publishes("d/bob"))
    }

    // MARK: What is allowed

    @Test func publishesAreMatched() throws {
        let access = try Self.access(AccessRule(publish: ["sensors/+/t", "logs/#", "$own/x"]))
        #expect(access.publishes("sensors/1/t") && access.publishes("logs") && access.publishes("logs/a/b"))
        #expect(access.publishes("$own/x"))
        #expect(!access.publishes("sensors/1/2/t") && !access.publishes("sensors") && !access.publishes("log"))
        #expect(try !Self.access(AccessRule(publish: ["#", "+/x"])).publishes("$SYS/x"))
    }

    @Test func subscriptionsAreCovered() throws {
        let access = try Self.access(AccessRule(subscribe: ["sensors/+/t", "logs/#", "$SYS/broker/#"]))
        for filter in ["sensors/1/t", "sensors/+/t", "logs/#", "logs", "logs/+/x", "logs/a/#", "$SYS/broker/+"] {
            #expect(access.subscribes(filter), "\(filter)")
        }
        for filter in ["#", "+", "+/#", "sensors/#", "sensors/+/+", "+/1/t", "$SYS/#", "logs/#/x", "lo+", ""] {
            #expect(!access.subscribes(filter), "\(filter)")
        }
        #expect(try !Self.access(AccessRule(subscribe: ["#"])).subscribes("$SYS/#"))
        #expect(try Self.access(AccessRule(subscribe: ["+/#"])).subscribes("#"))
    }

    @Test func sharedGroupsAreNamedByRules() throws {
        let access = try Self.access(
            AccessRule(subscribe: ["logs/#", "$share/workers/orders/#", "$share/{group}/jobs"])
        )
        #expect(access.subscribes("$share/workers/orders/#") && access.subscribes("$share/workers/orders/+"))
        #expect(access.subscribes("$share/staff/jobs") && access.subscribes("$share/sensors/jobs"))
        for filter in [
            "orders/#", "$share/others/orders/#", "$share/workers/logs/#", "$share/workers/#", "$share/logs/logs/#",
            "jobs", "$share/admins/jobs", "$share/workers", "$share/", "$share/workers/",
        ] {
            #expect(!access.subscribes(filter), "\(filter)")
        }
        let any = try Self.access(AccessRule(subscribe: ["$share/+/orders/#"]))
        #expect(any.subscribes("$share/workers/orders/1") && !any.subscribes("orders/1"))
    }

    @Test func keysAreMatched() throws {
        let access = try Self.access(AccessRule(readState: ["*"], writeState: ["orders/*", "{user}/*", "count"]))
        #expect(access.reads("anything") && access.writes("orders/1") && access.writes("alice/x/y"))
        #expect(access.writes("count"))
        #expect(!access.writes("counts") && !access.writes("bob/x") && !access.writes("orders"))
        #expect(try !Self.access(AccessRule(readState: ["*"])).writes("a"))
        #expect(try !Self.access(AccessRule(writeState: ["*"])).reads("a"))
    }

    // MARK: Substitutions

    @Test func valuesStandInTexts() throws {
        let rule = AccessRule(publish: ["{user}/{client}/{attribute.site}/#", "{{user}}/x", "dev-{client}-x"])
        let access = try Self.access(rule)
        #expect(access.publishes("alice/phone/north/1") && access.publishes("dev-phone-x"))
        #expect(access.publishes("{user}}/x"))
        #expect(!access.publishes("bob/phone/north/1"))
    }

    @Test(arguments: ["a/b", "+", "#", "a+", "a#", "a\u{0}b", "/", "*", "a*", ""])
    func noValueWidensWhatIsAllowed(value: String) throws {
        let rule = AccessRule(
            publish: ["u/{user}/#", "c/{client}", "a/{attribute.site}"],
            subscribe: ["u/{user}/#", "c/{client}", "a/{attribute.site}", "$share/{user}/x"],
            readState: ["u/{user}/*", "{client}", "g/{group}/*"],
            writeState: ["u/{attribute.site}/*"]
        )
        let principal = Principal(
            userName: value,
            clientIdentifier: value,
            attributes: ["site": value],
            groups: [value]
        )
        let access = try Self.access(rule, for: principal)
        for topic in ["u/a/b", "u/a/b/x", "u/x", "u//x", "c/a", "c/", "a/b", "a/", "a/a/b", "u/+/x", "c/*"] {
            #expect(!access.publishes(topic), "\(topic)")
            #expect(!access.subscribes(topic), "\(topic)")
        }
        for filter in ["u/#", "u/+/#", "c/+", "c/#", "#", "$share/+/x", "$share/a/x", "a/+"] {
            #expect(!access.subscribes(filter), "\(filter)")
        }
        for key in ["u/a/b/c", "u/a", "a", "", "*", "u/*/x", "u//x", "g//x"] {
            #expect(!access.reads(key) && !access.writes(key), "\(key)")
        }
    }

    @Test func aMissingValueAllowsNothing() throws {
        let rule = AccessRule(
            publish: ["{attribute.floor}/x", "{attribute.empty}/x", "y"],
            readState: ["k/{attribute.floor}/*"]
        )
        let access = try Self.access(rule)
        #expect(!access.publishes("/x") && !access.publishes("floor/x") && !access.reads("k//x"))
        #expect(access.publishes("y"))
        let nobody = try Self.access(
            AccessRule(publish: ["{user}/x", "{group}/x"]),
            for: Principal(userName: nil, clientIdentifier: "c")
        )
        #expect(!nobody.publishes("/x") && !nobody.publishes("nil/x"))
    }

    @Test func noNameReachesWhatIsTheBrokers() throws {
        let principal = Principal(userName: "$SYS", clientIdentifier: "$share")
        let rule = AccessRule(publish: ["{user}/#"], subscribe: ["{user}/#", "{client}/g/x", "x/{user}"])
        let access = try Self.access(rule, for: principal)
        #expect(!access.subscribes("$SYS/#") && !access.subscribes("$SYS/a") && !access.publishes("$SYS/a"))
        #expect(!access.subscribes("$share/g/x"))
        #expect(access.subscribes("x/$SYS"))
    }

    @Test func noTwoClientsComeToTheSameText() throws {
        let rule = AccessRule(publish: ["{user}-{client}"], readState: ["{user}:*", "x/{user}-{client}/*"])
        func access(_ user: String, _ client: String) throws -> ConnectionAccess {
            try Self.access(rule, for: Principal(userName: user, clientIdentifier: client))
        }
        #expect(try access("a", "b").publishes("a-b"))
        #expect(try access("a", "b").reads("a:1") && access("a", "b").reads("x/a-b/1"))
        #expect(try !access("a-b", "c").publishes("a-b-c"))
        #expect(try !access("a", "b-c").publishes("a-b-c"))
        #expect(try !access("a:b", "c").reads("a:b:1"))
        #expect(try !access("a", "b-c").reads("x/a-b-c/1"))
    }

    @Test func substitutionsHaveABound() throws {
        var limits = AccessLimits()
        limits.substitutionsPerClient = 2
        let groups = ["a", "b", "c"]
        let policy = try AccessPolicy([AccessRule(publish: ["{group}"])], limits: limits)
        let access = policy.access(for: Principal(userName: nil, clientIdentifier: "x", groups: groups))
        #expect(groups.filter { access.publishes($0) } == ["a", "b"])
    }
}
