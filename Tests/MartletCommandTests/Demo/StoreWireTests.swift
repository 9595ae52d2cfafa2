import NIOCore
import Testing

@testable import MartletCommand

@Suite("Store wire")
struct StoreWireTests {
    @Test("Commands are those of the protocol")
    func commands() {
        #expect(StoreWire.command("GET", "k") == Array("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".utf8))
        let commit = StoreWire.commit([StoreWire.command("SET", "k", "v"), StoreWire.command("DEL", "x")])
        #expect(
            String(decoding: commit, as: UTF8.self)
                == "*1\r\n*2\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*2\r\n$3\r\nDEL\r\n$1\r\nx\r\n"
        )
    }

    @Test(
        "Answers are read word by word",
        arguments: [
            ("*1\r\n*2\r\n$2\r\nOK\r\n$5\r\n1:2:x\r\n", ["OK", "1:2:x"]),
            ("*1\r\n*4\r\n$7\r\nREFUSED\r\n$8\r\nconflict\r\n$1\r\n0\r\n$0\r\n\r\n", ["REFUSED", "conflict", "0", ""]),
            ("-ERR unknown command\r\n", ["-ERR unknown command"]), ("$-1\r\n", []), ("$5\r\nab", []), ("", []),
        ]
    )
    func words(answer: String, words: [String]) {
        #expect(StoreWire.words(of: ByteBuffer(string: answer)) == words)
    }

    @Test("A value may hold anything, and may not be there")
    func bulk() {
        #expect(StoreWire.bulk(of: ByteBuffer(string: "$4\r\na\r\nb\r\n")) == Array("a\r\nb".utf8))
        #expect(StoreWire.bulk(of: ByteBuffer(string: "$0\r\n\r\n")) == [])
        #expect(StoreWire.bulk(of: ByteBuffer(string: "$-1\r\n")) == nil)
        #expect(StoreWire.bulk(of: ByteBuffer(string: "-ERR x\r\n")) == nil)
    }
}
