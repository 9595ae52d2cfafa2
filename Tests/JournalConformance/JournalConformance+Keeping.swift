import Journal
import Synchronization

/// Pages stay, in order and byte by byte.
extension JournalConformance {
    static let keeping: [JournalConformance] = [
        JournalConformance("A new journal is empty and intact") { storage in
            let opened = try storage.open()
            defer { opened.journal.close() }
            try demand("the report", opened.report, is: RecoveryReport())
            try demand("what was handed out", opened.pages, is: [])
        },
        JournalConformance("Pages come back in order after closing") { storage in
            var all: [JournalPage] = []
            for round in 0..<4 {
                let opened = try storage.open()
                try demand("what came back", opened.pages, is: all)
                try demand("what was read", opened.report.pagesRead, is: all.count)
                try demand("the last number", opened.report.lastPage, is: all.last?.number)
                let first = UInt64(round * 6 + 1)
                try await opened.mustAppend([MadePages.page(first)])
                try await opened.mustAppend(MadePages.pages(first + 1...first + 5))
                all += MadePages.pages(first...first + 5)
                opened.journal.close()
            }
        },
        JournalConformance("What was confirmed is there after a crash") { storage in
            var all: [JournalPage] = []
            for round in 0..<4 {
                let opened = try storage.open()
                try demand("what came back", opened.pages, is: all)
                for number in UInt64(round * 10 + 1)...UInt64(round * 10 + 10) {
                    try await opened.mustAppend([MadePages.page(number)])
                    all.append(MadePages.page(number))
                }
                try storage.crash(opened)
            }
            try storage.open().journal.close()
        },
        JournalConformance("A page can be read while the journal is open, and after it was opened anew") { storage in
            for round in 0..<2 {
                let opened = try storage.open()
                if round == 0 { try await opened.mustAppend(MadePages.pages(1...5)) }
                for number in UInt64(1)...5 {
                    try demand("page \(number)", try await opened.read(number).get(), is: MadePages.page(number))
                }
                let missing = await opened.read(6)
                try demand(missing.failure?.code == .notFound, "reading page 6 gives \(missing)")
                opened.journal.close()
            }
        },
        JournalConformance("Pages of any size are kept, no bytes at all and many megabytes") { storage in
            let sizes = [0, 1, 9, 100, 4_070, 4_096, 8_180, 8_192, 8_193, 100_000, 3_000_000, 20_000_000]
            let pages = sizes.enumerated().map { index, size in
                JournalPage(
                    number: UInt64(index + 1),
                    bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
                )
            }
            let opened = try storage.open()
            for page in pages { try await opened.mustAppend([page]) }
            for page in pages { try demand("a page", try await opened.read(page.number).get() == page, is: true) }
            opened.journal.close()
            let again = try storage.open()
            try demand("what came back is the same", again.pages == pages, is: true)
            again.journal.close()
        },
        JournalConformance("A thousand pages go with one append") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...1_000))
            try storage.crash(opened)
            let again = try storage.open()
            try demand("what came back is the same", again.pages == MadePages.pages(1...1_000), is: true)
            again.journal.close()
        },
        JournalConformance("Numbers may be left out, and that is no loss") { storage in
            let numbers: [UInt64] = [3, 4, 9, 10, 1_000_000, 1 << 40]
            let opened = try storage.open()
            for number in numbers { try await opened.mustAppend([MadePages.page(number)]) }
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: numbers)
            try demand("intact", again.report.isIntact, is: true)
            again.journal.close()
        },
        JournalConformance("Every append is answered once") { storage in
            let opened = try storage.open()
            let answers = Mutex(0)
            for number in UInt64(1)...50 {
                await withCheckedContinuation { continuation in
                    opened.journal.append([MadePages.page(number)]) { _ in
                        answers.withLock { $0 += 1 }
                        continuation.resume()
                    }
                }
            }
            opened.journal.close()
            try demand("the number of answers", answers.withLock { $0 }, is: 50)
        },
        JournalConformance("Closing finishes the append that is outstanding") { storage in
            let opened = try storage.open()
            let answers = Mutex<[JournalError.Code?]>([])
            opened.journal.append([MadePages.page(1, records: 1_000)]) { error in
                answers.withLock { $0.append(error?.code) }
            }
            opened.journal.close()
            try demand("what was answered before closing was done", answers.withLock { $0 }, is: [nil])
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [1])
            again.journal.close()
        },
    ]
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
