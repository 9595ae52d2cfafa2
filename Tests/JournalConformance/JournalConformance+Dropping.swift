import Journal

/// Dead pages go, with an append and not before.
extension JournalConformance {
    static let dropping: [JournalConformance] = [
        JournalConformance("Dropped pages go with the next append") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...10))
            opened.journal.drop(below: 8)
            try await opened.mustAppend([MadePages.page(11)])
            for number in UInt64(1)...7 {
                let answer = await opened.read(number)
                try demand(answer.failure?.code == .notFound, "reading page \(number) gives \(answer)")
            }
            try demand("page 8", try await opened.read(8).get(), is: MadePages.page(8))
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [8, 9, 10, 11])
            try demand("what was dropped", again.report.droppedBelow, is: 8)
            try demand("intact", again.report.isIntact, is: true)
            again.journal.close()
        },
        JournalConformance("Pages are dropped with an append, or not at all") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...3))
            opened.journal.drop(below: 3)
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [1, 2, 3])
            again.journal.close()
        },
        JournalConformance("A drop does not go with an append that was called before it") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...3))
            await withCheckedContinuation { continuation in
                opened.journal.append([MadePages.page(4, records: 5_000)]) { _ in continuation.resume() }
                // What makes page 1 dead would be on page 5, and that was not appended.
                opened.journal.drop(below: 2)
            }
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [1, 2, 3, 4])
            again.journal.close()
        },
        JournalConformance("A lower drop changes nothing, nor does one beyond the last page") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...5))
            opened.journal.drop(below: 4)
            opened.journal.drop(below: 2)
            try await opened.mustAppend([MadePages.page(6)])
            opened.journal.drop(below: 1)
            try await opened.mustAppend([MadePages.page(7)])
            opened.journal.close()
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [4, 5, 6, 7])
            again.journal.close()
        },
        JournalConformance("All pages can be dropped, and numbers are still not used again") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...5))
            opened.journal.drop(below: 6)
            try await opened.mustAppend([])
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [])
            try demand("intact", again.report.isIntact, is: true)
            try demand("the last number", again.report.lastPage, is: 5)
            let refused = await again.append([MadePages.page(5)])
            try demand("a number that was used", refused?.code, is: .misuse)
            try await again.mustAppend([MadePages.page(6)])
            try storage.crash(again)
            let last = try storage.open()
            try demand("the numbers", last.pages.map(\.number), is: [6])
            try demand("intact", last.report.isIntact, is: true)
            last.journal.close()
        },
        JournalConformance("An append of nothing makes a drop durable, and is answered without one") { storage in
            let opened = try storage.open()
            try await opened.mustAppend([])
            try await opened.mustAppend(MadePages.pages(1...4))
            opened.journal.drop(below: 4)
            try await opened.mustAppend([])
            try await opened.mustAppend([])
            try storage.crash(opened)
            let again = try storage.open()
            try demand("the numbers", again.pages.map(\.number), is: [4])
            try demand("intact", again.report.isIntact, is: true)
            again.journal.close()
        },
        JournalConformance("A queue that is filled and emptied for long keeps what is alive, over crashes") { storage in
            var next: UInt64 = 1
            var first: UInt64 = 1
            for round in 0..<5 {
                let opened = try storage.open()
                try demand("the numbers", opened.pages.map(\.number), is: Array(first..<next))
                for _ in 0..<60 {
                    let count = next % 3 + 1
                    first = max(first, next > 12 ? next - 12 : 1)
                    opened.journal.drop(below: first)
                    try await opened.mustAppend(MadePages.pages(next...next + count - 1, records: 40))
                    next += count
                }
                if round % 2 == 0 { try storage.crash(opened) } else { opened.journal.close() }
            }
        },
    ]
}
