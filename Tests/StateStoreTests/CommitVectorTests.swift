import MQTTPackets
import StateStore
import Testing

@Suite("Commits, in both directions")
struct CommitVectorTests {
    static let version = StateVersion(milliseconds: 1_696_374_425_000, counter: 1, node: "StateStore")

    static var message: CommitMessage {
        var message = CommitMessage(topic: "a/b", payload: [1, 13, 10])
        message.qos = 2
        message.retain = true
        message.expiry = 60
        message.contentType = "text/plain"
        message.payloadFormat = 1
        message.responseTopic = "r"
        message.correlationData = [0, 255]
        message.userProperties = [
            CommitUserProperty(name: "k", value: "v"), CommitUserProperty(name: "k", value: ""),
        ]
        return message
    }

    @Test("A commit has the bytes of the contract")
    func bytes() {
        let commit = CommitRequest(operations: [
            .acknowledge(id: utf8("7")),
            .set(key: utf8("k"), value: utf8("v"), condition: .version(Self.version), lifetime: 5, token: Self.version),
            .publish(CommitMessage(topic: "t", payload: utf8("p"))),
        ])
        let version = "$32\r\n001696374425000:00001:StateStore\r\n"
        let expected =
            "*1\r\n*3\r\n*2\r\n$3\r\nACK\r\n$1\r\n7\r\n"
            + "*9\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$3\r\nIFV\r\n\(version)$2\r\nPX\r\n$1\r\n5\r\n$2\r\nFT\r\n\(version)"
            + "*3\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n"
        #expect(String(decoding: CommitRequest.payload(of: [commit]), as: UTF8.self) == expected)
    }

    @Test("What a client writes is what the broker reads")
    func read() throws {
        let commits = [
            CommitRequest(operations: [
                .acknowledge(id: utf8("7")), .set(key: utf8("k"), value: [], condition: .absent),
                .delete(key: utf8("d"), condition: .version(Self.version), token: Self.version),
                .check(key: utf8("c"), version: nil), .check(key: utf8("c2"), version: Self.version),
            ]),
            CommitRequest(operations: []),
            CommitRequest(operations: [.retry(id: utf8("8"), delay: 1_500, reason: utf8("why"))]),
            CommitRequest(operations: [.publish(Self.message)]),
        ]
        // The payload stands somewhere in a packet, not at its start.
        let bytes = [9, 9] + CommitRequest.payload(of: commits)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        var reader = try CommitReader(bytes.span, in: 2..<bytes.count)
        #expect(reader.count == 4)
        #expect(reader.nextCommit(bytes.span) == 5)
        guard case .acknowledge(let id) = reader.nextOperation(bytes.span), text(id) == "7" else {
            Issue.record("no ACK")
            return
        }
        guard case .write(let set) = reader.nextOperation(bytes.span) else {
            Issue.record("no SET")
            return
        }
        #expect(set.action == .set && text(set.key) == "k" && set.value.isEmpty && set.condition == .absent)
        guard case .write(let delete) = reader.nextOperation(bytes.span) else {
            Issue.record("no DEL")
            return
        }
        #expect(delete.action == .delete && delete.condition == .version(Self.version))
        #expect(delete.fencingToken == Self.version)
        guard case .check(let key, nil) = reader.nextOperation(bytes.span), text(key) == "c" else {
            Issue.record("no CHECK")
            return
        }
        // The last one is not read: the next commit begins behind it all the same.
        #expect(reader.nextCommit(bytes.span) == 0)
        #expect(reader.nextCommit(bytes.span) == 1)
        guard case .retry(let retried, 1_500, let reason) = reader.nextOperation(bytes.span) else {
            Issue.record("no RETRY")
            return
        }
        #expect(text(retried) == "8" && text(reason) == "why")
        #expect(reader.nextCommit(bytes.span) == 1)
        try checkMessage(reader.nextOperation(bytes.span), bytes)
        #expect(reader.nextCommit(bytes.span) == nil)
    }

    private func checkMessage(_ step: CommitStep, _ bytes: [UInt8]) throws {
        guard case .publish(let publish) = step else {
            Issue.record("no PUBLISH")
            return
        }
        #expect(publish.qos == 2 && publish.retain && publish.expiry == 60)
        #expect(Array(bytes[publish.payload]) == [1, 13, 10])
        var properties: [UInt8] = []
        publish.appendProperties(bytes.span, to: &properties)
        // Read back as a packet's decoder would.
        var seen: [String] = []
        PublishView.forEachProperty(properties.span, in: 0..<properties.count) { property, first, second in
            let values = [first, second].map { String(decoding: properties[$0], as: UTF8.self) }
            seen.append("\(property) \(property == .payloadFormatIndicator ? "1" : values[0]) \(values[1])")
        }
        #expect(
            seen == [
                "content type text/plain ", "payload format indicator 1 ", "response topic r ",
                "correlation data \u{0}\u{FFFD} ", "user property k v", "user property k ",
            ]
        )
        #expect(properties.contains(1))
    }

    @Test("Outcomes go both ways")
    func outcomes() throws {
        let outcomes: [CommitOutcome] =
            [.committed(Self.version)]
            + CommitRefusalCode.allCases.map { .refused(CommitRefusal($0, index: 3, text: "because: \($0)")) }
        let payload = written { out in
            CommitOutcome.appendHeader(count: outcomes.count, to: &out)
            for outcome in outcomes { outcome.append(to: &out) }
        }
        #expect(try CommitOutcome.parse(payload.span) == outcomes)
        let head =
            "*7\r\n*2\r\n$2\r\nOK\r\n$32\r\n001696374425000:00001:StateStore\r\n*4\r\n$7\r\nREFUSED\r\n$8\r\nconflict\r\n"
        #expect(String(decoding: payload, as: UTF8.self).hasPrefix(head))
        #expect(throws: StateError.quotaExceeded) {
            try CommitOutcome.parse(utf8("-ERR the quota has been exceeded\r\n").span)
        }
        #expect(throws: StateError.syntax) { try CommitOutcome.parse(utf8("+OK\r\n").span) }
    }

    @Test(
        "An operation that is none is told from a request that is none",
        arguments: [
            "*0\r\n", "*1\r\n$4\r\nNOPE\r\n", "*2\r\n$3\r\nack\r\n$1\r\n7\r\n", "*1\r\n$3\r\nACK\r\n",
            "*3\r\n$3\r\nACK\r\n$1\r\n7\r\n$1\r\n8\r\n", "*2\r\n$3\r\nACK\r\n$0\r\n\r\n",
            "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$1\r\nv\r\n", "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nNX\r\n",
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nFT\r\n$1\r\n-\r\n",
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$3\r\nIFV\r\n$1\r\nx\r\n", "*2\r\n$5\r\nCHECK\r\n$1\r\nk\r\n",
            "*4\r\n$5\r\nRETRY\r\n$1\r\n7\r\n$2\r\n-1\r\n$0\r\n\r\n",
            "*4\r\n$5\r\nRETRY\r\n$1\r\n7\r\n$15\r\n999999999999999\r\n$0\r\n\r\n",
            "*3\r\n$7\r\nPUBLISH\r\n$1\r\n#\r\n$1\r\np\r\n", "*3\r\n$7\r\nPUBLISH\r\n$0\r\n\r\n$1\r\np\r\n",
            "*3\r\n$7\r\nPUBLISH\r\n$1\r\n\u{1}\r\n$1\r\np\r\n".replacing("\u{1}", with: "\0"),
            "*5\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n$3\r\nQOS\r\n$1\r\n3\r\n",
            "*5\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n$6\r\nRETAIN\r\n$6\r\nRETAIN\r\n",
            "*5\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n$6\r\nEXPIRY\r\n$10\r\n4294967296\r\n",
            "*5\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n$8\r\nRESPONSE\r\n$1\r\n+\r\n",
            "*5\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n$2\r\nUP\r\n$1\r\nn\r\n",
            "*5\r\n$7\r\nPUBLISH\r\n$1\r\nt\r\n$1\r\np\r\n$6\r\nFORMAT\r\n$1\r\n2\r\n",
        ]
    )
    func invalid(operation: String) throws {
        let bytes = utf8("*1\r\n*1\r\n\(operation)")
        var reader = try CommitReader(bytes.span, in: 0..<bytes.count)
        #expect(reader.nextCommit(bytes.span) == 1)
        guard case .invalid = reader.nextOperation(bytes.span) else {
            Issue.record("accepted: \(operation)")
            return
        }
        #expect(reader.nextCommit(bytes.span) == nil)
    }

    @Test("A cut anywhere refuses the whole request, before anything of it is done")
    func cuts() {
        let bytes = CommitRequest.payload(of: [
            CommitRequest(operations: [.acknowledge(id: utf8("7")), .publish(Self.message)]),
            CommitRequest(operations: [.delete(key: utf8("k"))]),
        ])
        for length in 0..<bytes.count {
            #expect(throws: StateError.self) { try CommitReader(bytes.span, in: 0..<length) }
        }
        #expect(throws: StateError.syntax) { try CommitReader((bytes + [0]).span, in: 0..<bytes.count + 1) }
    }

    @Test("Too many commits, or operations, are refused as a whole")
    func bounds() {
        var limits = StateLimits()
        limits.commitsPerRequest = 2
        limits.operationsPerCommit = 2
        let one = CommitRequest(operations: [.delete(key: utf8("k"))])
        let many = CommitRequest(operations: Array(repeating: .delete(key: utf8("k")), count: 3))
        for commits in [[one, one, one], [many]] {
            let bytes = CommitRequest.payload(of: commits)
            #expect(throws: StateError.quotaExceeded) {
                try CommitReader(bytes.span, in: 0..<bytes.count, limits: limits)
            }
        }
    }
}
