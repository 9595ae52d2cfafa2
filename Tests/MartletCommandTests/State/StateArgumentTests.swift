import ArgumentParser
import StateStoreClient
import Testing

@testable import MartletCommand

@Suite("Arguments and results of martlet state")
struct StateArgumentTests {
    @Test func bytesAreReadAndShownInEachNotation() {
        #expect(ByteNotation.hexadecimal.bytes("00fF7a") == [0, 255, 122])
        #expect(ByteNotation.hexadecimal.bytes("0") == nil)
        #expect(ByteNotation.hexadecimal.bytes("+1") == nil)
        #expect(ByteNotation.base64.bytes("AP8=") == [0, 255])
        #expect(ByteNotation.base64.bytes("!") == nil)
        #expect(ByteNotation.hexadecimal.line([0, 255]) == "00ff")
        #expect(ByteNotation.base64.line([0, 255]) == "AP8=")
        #expect(ByteNotation.text.line(Array("grün".utf8)) == "grün")
        #expect(ByteNotation.text.line([97, 10, 255]) == "a\\x0a\\xff", "a result is one line")
    }

    @Test func objectsSayHowBytesStand() {
        let version = StateStoreVersion(milliseconds: 1, counter: 2, node: "S")
        func line(_ value: [UInt8], _ notation: ByteNotation) -> String {
            JSONLine.encode(StateObject(key: "k", value: value, version: version, notation: notation))
        }
        #expect(line([118], .text) == #"{"key":"k","value":"v","version":"000000000000001:00002:S"}"#)
        #expect(line([255], .text) == #"{"key":"k","valueBase64":"/w==","version":"000000000000001:00002:S"}"#)
        #expect(line([255], .hexadecimal) == #"{"keyHex":"6b","valueHex":"ff","version":"000000000000001:00002:S"}"#)
    }

    @Test(arguments: [
        ["set", "k"], ["set", "k", "v", "--file", "x"], ["set", "k", "v", "--if-absent", "--if-version", "1:0:S"],
        ["set", "k", "v", "--if-version", "nonsense"], ["set", "k", "v", "--expires", "0"], ["get"],
        ["get", "k", "--hex", "--base64"], ["scan", "--limit", "0"],
        ["delete", "k", "--if-value", "v", "--if-version", "1:0:S"],
    ])
    func aWrongCommandLineIsRefused(_ arguments: [String]) {
        #expect { try MartletCommand.parseAsRoot(["state"] + arguments) } throws: { error in
            MartletCommand.exitCode(for: error).rawValue == 64
        }
    }

    @Test func theStoresRefusalsAreSaidInWords() {
        let absent = StateOptions.words(StateStoreError(.timedOut, "x"))
        #expect(absent.contains("martlet state-store"))
        #expect(StateOptions.notThere.rawValue == 3)
    }
}
