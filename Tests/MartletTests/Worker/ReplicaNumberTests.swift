import Foundation
import Testing

@testable import Martlet

@Suite("Replica numbers")
struct ReplicaNumberTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        .path()

    @Test("Replicas on one machine never share a number, and one that ended leaves its number to the next")
    func lowestFree() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        func take(_ worker: String = "w") throws -> ReplicaNumber {
            try ReplicaNumber.take(worker: worker, directory: directory)
        }
        let first = try take()
        var second: ReplicaNumber? = try take()
        let third = try take()
        #expect([first.number, second?.number, third.number] == [0, 1, 2])
        #expect(try take("other").number == 0)
        #expect(first.replica != third.replica && first.replica.hasSuffix("-0"))
        second = nil
        #expect(try take().number == 1)
    }

    @Test("A folder that can not be made is an error that says what to do")
    func noFolder() {
        let error = #expect(throws: WorkerError.self) {
            try ReplicaNumber.take(worker: "w", directory: "/nowhere/at/all")
        }
        #expect(error?.code == .noReplica)
        #expect(error?.message.contains("give a replica name") == true)
    }

    @Test("The folder is not taken from a link that somebody laid")
    func noLinks() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createSymbolicLink(atPath: directory, withDestinationPath: "/tmp")
        #expect(throws: WorkerError.self) { try ReplicaNumber.take(worker: "w", directory: directory) }
    }
}
