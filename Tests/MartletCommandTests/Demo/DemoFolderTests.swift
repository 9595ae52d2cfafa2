import Foundation
import Testing

@testable import MartletCommand

@Suite("Demo folder")
struct DemoFolderTests {
    private func inParent(_ body: (URL) async throws -> Void) async throws {
        let parent = FileManager.default.temporaryDirectory.appending(path: "martlet-folders-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: parent) }
        try await body(parent)
    }

    private func exists(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: folder) }

    @Test("The folder of a run that is killed is taken away by the next one")
    func abandoned() async throws {
        try await inParent { parent in
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = parent.path as String] in
                let folder = try DemoFolder(in: URL(filePath: path))
                try Data("x".utf8).write(to: URL(filePath: folder.log(of: "broker")))
                kill(getpid(), SIGKILL)
            }
            let removed = DemoFolder.removeAbandoned(in: parent)
            #expect(removed.count == 1)
            #expect((try? FileManager.default.contentsOfDirectory(atPath: parent.path)) == [])
        }
    }

    @Test("The folder of a run that goes on, a kept one and a foreign one stay")
    func othersStay() async throws {
        try await inParent { parent in
            let running = try DemoFolder(in: parent)
            let foreign = parent.appending(path: "martlet-demo-notes")
            try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: true)
            var kept: String?
            do {
                let folder = try DemoFolder(in: parent)
                folder.keep()
                kept = folder.path
            }
            #expect(DemoFolder.removeAbandoned(in: parent).isEmpty)
            #expect(exists(running.path) && exists(foreign.path) && kept.map(exists) == true)
            running.remove()
            #expect(!exists(running.path))
        }
    }
}
