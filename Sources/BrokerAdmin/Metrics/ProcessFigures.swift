import Glibc

/// What the machine says of this process.
struct ProcessFigures {
    /// Seconds of processor time.
    var cpuSeconds: Double
    /// Bytes of memory in use.
    var residentBytes: Double?
    /// Open files and sockets, and how many there may be.
    var openFiles: Double?
    var maximumFiles: Double?

    /// Reads them.
    init() {
        var usage = rusage()
        // Safe because the call only fills in the struct it is given.
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        residentBytes = Self.residentPages().map { Double($0 * sysconf(Int32(_SC_PAGESIZE))) }
        openFiles = Self.openFiles().map(Double.init)
        var limit = rlimit()
        // Safe because the call only fills in the struct it is given.
        maximumFiles =
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Double(limit.rlim_cur) : nil
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    /// The second number of `/proc/self/statm`.
    private static func residentPages() -> Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        // Safe because the call writes no more than the count that it is given.
        guard fgets(&line, CInt(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    private static func openFiles() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without ".", ".." and the folder itself.
        return max(0, count - 3)
    }
}
