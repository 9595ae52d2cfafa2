/// In a pure room time, randomness and identity come in as values; a clock, a task or a lock there is a finding.
struct PurityRule {
    var rooms: [Room]

    /// What would tie a pure room to a moment, a machine or a schedule.
    private static let banned: [(word: String, what: String)] = [
        ("Date(", "a clock"), (".now", "a clock"), ("ContinuousClock", "a clock"), ("SuspendingClock", "a clock"),
        ("DispatchTime", "a clock"), ("NIODeadline", "a clock"), ("clock_gettime", "a clock"),
        (".random(", "randomness"), ("randomElement(", "randomness"), ("shuffled()", "randomness"),
        ("shuffle()", "randomness"),
        ("SystemRandomNumberGenerator", "randomness"), ("UUID(", "randomness"), ("Hasher()", "seeded hashing"),
        ("getenv", "the environment"), ("ProcessInfo", "the environment"), ("FileManager", "files"),
        ("FileHandle", "files"),
        ("fopen", "files"), ("print(", "output"), ("Logger", "output"),
        ("Task {", "a task"), ("Task.detached", "a task"), ("Task.sleep", "a task"), ("TaskGroup", "a task"),
        ("withTaskGroup", "a task"), ("withThrowingTaskGroup", "a task"), ("async", "a task"), ("await", "a task"),
        ("actor", "a task"), ("Thread", "a thread"), ("DispatchQueue", "a thread"), ("EventLoop", "a thread"),
        ("Mutex", "a lock"), ("NIOLock", "a lock"), ("NIOLockedValueBox", "a lock"), ("NSLock", "a lock"),
        ("Atomic", "a lock"), ("pthread_mutex_t", "a lock"), ("Foundation", "Foundation"),
    ]

    func findings(in files: [SourceFile]) -> [Finding] {
        files.filter(isPure).flatMap { file in
            file.code.enumerated().compactMap { index, line -> Finding? in
                guard let hit = Self.banned.first(where: { line.contains(word: $0.word) }) else { return nil }
                return Finding(path: file.path, line: index + 1, message: "\(hit.what) (\(hit.word)) in a pure room")
            }
        }
    }

    private func isPure(_ file: SourceFile) -> Bool {
        guard let room = rooms.first(where: { $0.name == file.room }) else { return false }
        return room.pure.contains { part in
            part.isEmpty || file.path.contains("/\(room.name)/\(part)/") || file.path.hasSuffix("/\(room.name)/\(part)")
        }
    }
}
