import Journal
import JournalConformance
import Testing

/// Damages the files of a journal one way, and checks everything that may then happen.
struct DamageTrial {
    /// What was done to the files.
    var name: String
    /// The files, damaged.
    var files: [String: [UInt8]]
    /// Every page that was confirmed and not dropped.
    var confirmed: [JournalPage]

    /// What became of it.
    enum Outcome: Equatable {
        /// Everything was there nonetheless.
        case harmless
        case damaged
    }

    /// Opens the journal as a broker does by default, and then told to salvage.
    func run(in storage: DirectoryStorage) async throws -> Outcome {
        try storage.restore(files)
        guard try refusing(storage) == .damaged else { return .harmless }
        try await salvaging(storage)
        return .damaged
    }

    private func refusing(_ storage: DirectoryStorage) throws -> Outcome {
        let journal = try storage.open()
        defer { journal.close() }
        var taken: [JournalPage] = []
        do {
            let report = try journal.recover { taken.append($0) }
            #expect(report.isIntact, "\(name)")
            #expect(
                taken == confirmed,
                "\(name): pages \(taken.map(\.number)) were handed out as if nothing were wrong"
            )
            return .harmless
        } catch let error as JournalError {
            #expect(error.code == .damaged, "\(name): \(error)")
            #expect(error.report?.isIntact == false, "\(name)")
            #expect(error.message.contains(storage.directory) && error.message.contains("--accept-damage"))
            let known = Dictionary(uniqueKeysWithValues: confirmed.map { ($0.number, $0) })
            #expect(taken.allSatisfy { known[$0.number] == nil || known[$0.number] == $0 }, "\(name): wrong bytes")
            let after = try storage.snapshot()
            for (file, bytes) in files where !file.hasSuffix("-shm") {
                #expect(after[file] == bytes, "\(name): \(file) was changed by a journal that refused")
            }
            return .damaged
        }
    }

    private func salvaging(_ storage: DirectoryStorage) async throws {
        let journal = try storage.open(onDamage: .salvage)
        var taken: [JournalPage] = []
        let report = try journal.recover { taken.append($0) }
        #expect(!report.isIntact, "\(name)")
        check(taken, against: report)
        let after = try storage.snapshot()
        for (file, bytes) in files where file == "journal.sqlite" || file == "journal.sqlite-wal" {
            #expect(after["damaged-1-" + file] == bytes, "\(name): \(file) was not set aside as it was")
        }
        let next = (report.lastPage ?? 0) + 1
        #expect(next > (confirmed.last?.number ?? 0) || files["journal.mark"] == nil, "\(name): numbers are used again")
        let answer = await journal.append([MadePages.page(next)])
        #expect(answer == nil, "\(name): \(answer.map(String.init(describing:)) ?? "")")
        journal.close()
        let again = try storage.open()
        var kept: [JournalPage] = []
        let second = try again.recover { kept.append($0) }
        #expect(second.isIntact, "\(name): \(second)")
        #expect(kept == taken + [MadePages.page(next)], "\(name)")
        again.close()
    }

    /// Every confirmed page is handed out, or in the report; nothing else is handed out.
    private func check(_ taken: [JournalPage], against report: RecoveryReport) {
        let given = Dictionary(uniqueKeysWithValues: taken.map { ($0.number, $0) })
        let damaged = Set(report.damaged.map(\.number))
        for page in confirmed {
            if damaged.contains(page.number) {
                let left = given[page.number].map { Self.records($0) } ?? []
                #expect(Set(left).isSubset(of: Self.records(page)), "\(name): page \(page.number) has wrong records")
            } else if let found = given[page.number] {
                #expect(found == page, "\(name): page \(page.number) has wrong bytes")
            } else {
                #expect(
                    report.missing.contains { $0.contains(page.number) },
                    "\(name): page \(page.number) is gone without a word: \(report)"
                )
            }
        }
        #expect(report.pagesRead == taken.count, "\(name)")
    }

    private static func records(_ page: JournalPage) -> [[UInt8]] {
        var reader = PageReader(page.bytes)
        var records: [[UInt8]] = []
        while case .record(let record) = reader.next() {
            records.append([record.kind] + page.bytes[record.body])
        }
        return records
    }
}
