import Foundation

@testable import MartletCommand

/// One run of the built command, to its end.
struct CommandRun {
    /// The command that was built beside these tests.
    static let binary = URL(filePath: ChildProcess.binary).deletingLastPathComponent().appending(path: "martlet").path

    let status: Int32
    let output: String
    let errors: String

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - program: The program; the command where none is given.
    ///   - input: Its standard input.
    /// - Throws: When it cannot be started.
    init(_ arguments: [String], program: String = binary, input: String = "") throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (input, standardInput) = (Data(input.utf8), Pipe())
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, errors) = (folder.appending(path: "out"), folder.appending(path: "err"))
        try Data().write(to: output)
        try Data().write(to: errors)
        process.standardInput = standardInput
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        try? standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        self.errors = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    }
}
