import Foundation
import Glibc

/// One run of the built command with a terminal for its standard input, and somebody who types.
struct TerminalRun {
    let status: Int32
    /// What the terminal showed.
    let shown: String
    let errors: String

    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - typing: What is typed, each as soon as standard error has the text.
    /// - Throws: When it cannot be started.
    init(_ arguments: [String], typing: [(after: String, text: String)]) throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (unlocked, number): (CInt, CInt) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN: unlock the other end of the terminal, and ask for its number.
        guard terminal >= 0, ioctl(terminal, 0x4004_5431, &unlocked) == 0, ioctl(terminal, 0x8004_5430, &number) == 0
        else { throw CocoaError(.fileReadUnknown) }
        let name = "/dev/pts/\(number)"
        let typist = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
        let keyboard = FileHandle(fileDescriptor: open(name, O_RDWR | O_NOCTTY), closeOnDealloc: true)
        let process = Process()
        process.executableURL = URL(filePath: CommandRun.binary)
        process.arguments = arguments
        let said = Pipe()
        process.standardInput = keyboard
        process.standardOutput = FileHandle.nullDevice
        process.standardError = said
        try process.run()
        var errors = ""
        for (after, text) in typing {
            while !errors.contains(after) {
                let more = said.fileHandleForReading.availableData
                if more.isEmpty { break }
                errors += String(decoding: more, as: UTF8.self)
            }
            try typist.write(contentsOf: Data(text.utf8))
        }
        errors += String(decoding: try said.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        // What was echoed is there now: the process is gone, and writing to a terminal that nobody reads does not wait.
        _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
        var shown = [UInt8](repeating: 0, count: 65_536)
        // Safe because the pointer is used only within the call, for the count that goes with it.
        let count = shown.withUnsafeMutableBytes { read(terminal, $0.baseAddress, $0.count) }
        status = process.terminationStatus
        self.shown = String(decoding: shown.prefix(max(0, count)), as: UTF8.self)
        self.errors = errors
    }
}
