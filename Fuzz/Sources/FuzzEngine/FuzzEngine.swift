import Foundation

/// What libFuzzer calls with every input: stops the program where something that has to hold does not.
///
/// - Parameters:
///   - start: Where the input begins.
///   - count: How many bytes it has.
/// - Returns: 0, always: every input is worth keeping.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe because libFuzzer hands out `count` readable bytes, and they are copied before anything else happens.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let finding = EngineScript.findings(bytes).first { fatalError(finding) }
    return 0
}

/// Called once, before libFuzzer reads its corpus: writes a few scripts as seeds into `MARTLET_FUZZ_SEEDS`.
///
/// - Parameters:
///   - argumentCount: Not looked at.
///   - arguments: Not looked at.
/// - Returns: 0 if the seeds are there.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ argumentCount: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["MARTLET_FUZZ_SEEDS"] else { return 0 }
    let url = URL(fileURLWithPath: folder, isDirectory: true)
    do {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for number in EngineScript.packets.indices {
            // Two clients, and one packet of the table between them.
            let name = [UInt8(number >> 8), UInt8(number & 0xFF)]
            let seed: [UInt8] = [0x09, 0x10, 0x19, 0x91, 0x05] + name + [0x15] + name + [0x0B, 0x08, 0x0F, 0x1F]
            try Data(seed).write(to: url.appendingPathComponent("seed-\(number)"))
        }
        return 0
    } catch {
        print("no seeds: \(error)")
        return 1
    }
}
