import Journal

/// Damage is found and named, and never handed out.
extension JournalConformance {
    static let damage: [JournalConformance] = [
        JournalConformance("A flipped bit is refused, with a report that says what is lost") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...9))
            opened.journal.close()
            try storage.flipBit(ofPage: 4, at: 60)
            var taken: [JournalPage] = []
            let journal = try storage.openOnly()
            do {
                _ = try journal.recover { taken.append($0) }
                throw ConformanceFailure(description: "damage was not refused")
            } catch let error as JournalError {
                try demand("the error", error.code, is: .damaged)
                let report = error.report
                try demand("the damaged pages", report?.damaged.map(\.number), is: [4])
                try demand("the damaged offset", report?.damaged.first?.stretches.map(\.offset), is: [50])
                try demand("the damaged bytes", report?.damaged.first?.stretches.map(\.byteCount), is: [50])
                try demand("the records lost", report?.recordsLost, is: 1)
            }
            journal.close()
            try demand("what was taken", taken, is: MadePages.pages(1...3))
        },
        JournalConformance("Salvaging goes on with what is intact, and reports the damage once") { storage in
            let opened = try storage.open()
            try await opened.mustAppend(MadePages.pages(1...9))
            opened.journal.close()
            try storage.flipBit(ofPage: 4, at: 60)
            let salvaged = try storage.open(onDamage: .salvage)
            try demand("the damaged pages", salvaged.report.damaged.map(\.number), is: [4])
            try demand("the numbers", salvaged.pages.map(\.number), is: Array(1...9))
            for page in salvaged.pages where page.number != 4 {
                try demand("page \(page.number)", page, is: MadePages.page(page.number))
            }
            try demand("page 4", salvaged.pages[3], is: MadePages.withoutSecondRecord(4))
            try await salvaged.mustAppend([MadePages.page(10)])
            try storage.crash(salvaged)
            let again = try storage.open()
            try demand("intact", again.report.isIntact, is: true)
            try demand("the numbers", again.pages.map(\.number), is: Array(1...10))
            again.journal.close()
        },
    ]
}

extension MadePages {
    fileprivate static func withoutSecondRecord(_ number: UInt64) -> JournalPage {
        var writer = PageWriter()
        writer.append(recordsOf: page(number).bytes) { $0.kind != 1 }
        return JournalPage(number: number, bytes: writer.take())
    }
}
