import Journal

/// What must not be done is refused, and nothing of it stays.
extension JournalConformance {
    static let refusing: [JournalConformance] = [
        JournalConformance("Nothing is appended or read before recovery, and recovery happens once") { storage in
            let journal = try storage.openOnly()
            defer { journal.close() }
            try demand("an append", await journal.append([MadePages.page(1)])?.code, is: .misuse)
            _ = try journal.recover { _ in }
            try demand("an append", await journal.append([MadePages.page(1)])?.code, is: nil)
            do {
                _ = try journal.recover { _ in }
            } catch let error as JournalError {
                return try demand("the error", error.code, is: .misuse)
            }
            throw ConformanceFailure(description: "a second recovery was not refused")
        },
        JournalConformance("Numbers that do not increase are refused, with all that came with them") { storage in
            let opened = try storage.open()
            try demand("page 0", await opened.append([MadePages.page(0)])?.code, is: .misuse)
            try await opened.mustAppend(MadePages.pages(1...5))
            for numbers: [UInt64] in [[5], [1], [6, 6], [7, 6], [6, 7, 3]] {
                let answer = await opened.append(numbers.map { MadePages.page($0) })
                try demand("appending \(numbers)", answer?.code, is: .misuse)
            }
            try await opened.mustAppend([MadePages.page(6)])
            opened.journal.close()
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [1, 2, 3, 4, 5, 6])
            again.journal.close()
        },
        JournalConformance("After closing everything is refused, and closing again does nothing") { storage in
            let opened = try storage.open()
            try await opened.mustAppend([MadePages.page(1)])
            opened.journal.close()
            opened.journal.close()
            try demand("an append", await opened.append([MadePages.page(2)])?.code, is: .closed)
            try demand("a read", await opened.read(1).failure?.code, is: .closed)
            opened.journal.drop(below: 2)
        },
        JournalConformance("What the taker of pages throws ends the recovery and comes through") { storage in
            struct Enough: Error {}
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...5))
            opened.journal.close()
            let journal = try storage.openOnly()
            var taken: [UInt64] = []
            do {
                _ = try journal.recover { page in
                    if page.number == 3 { throw Enough() }
                    taken.append(page.number)
                }
                throw ConformanceFailure(description: "the error was swallowed")
            } catch is Enough {
                try demand("what was taken", taken, is: [1, 2])
            }
            journal.close()
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [1, 2, 3, 4, 5])
            again.journal.close()
        },
        JournalConformance("A full journal keeps what it has, and goes on when there is room") { storage in
            let opened = try storage.open(capacity: 1 << 20)
            var number: UInt64 = 0
            var error: JournalError?
            while error == nil, number < 100 {
                number += 1
                error = await opened.append([MadePages.page(number, records: 100, bodyLength: 1_000)])
            }
            try demand("the error", error?.code, is: .full)
            try demand("final", error?.code.isFinal, is: false)
            try demand(number > 3, "only \(number - 1) pages of 100 KB were taken")
            for kept in 1..<number {
                let page = try await opened.read(kept).get()
                try demand("page \(kept)", page == MadePages.page(kept, records: 100, bodyLength: 1_000), is: true)
            }
            let again = await opened.append([MadePages.page(number, records: 100, bodyLength: 1_000)])
            try demand("the second try", again?.code, is: .full)
            opened.journal.drop(below: number - 2)
            try await opened.mustAppend([MadePages.page(number, records: 100, bodyLength: 1_000)])
            try await opened.mustAppend([MadePages.page(number + 1, records: 100, bodyLength: 1_000)])
            try storage.crash(opened)
            let last = try storage.open()
            try demand("the numbers", last.pages.map(\.number), is: Array(number - 2...number + 1))
            last.journal.close()
        },
        JournalConformance("An append that fails leaves nothing, not even its first page") { storage in
            let opened = try storage.open(capacity: 1 << 20)
            try await opened.mustAppend([MadePages.page(1)])
            let answer = await opened.append([MadePages.page(2), MadePages.page(3, records: 2_000, bodyLength: 1_000)])
            try demand("the error", answer?.code, is: .full)
            try await opened.mustAppend([MadePages.page(2, records: 7)])
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the pages", again.pages, is: [MadePages.page(1), MadePages.page(2, records: 7)])
            again.journal.close()
        },
    ]
}
