/// What ``Journal/recover(_:)`` found.
package struct RecoveryReport: Sendable, Equatable {
    /// How many pages were handed out.
    package var pagesRead = 0

    /// How many bytes they hold.
    package var bytesRead = 0

    /// The number of the first page that is kept.
    package var firstPage: UInt64?

    /// The number of the last page that was ever appended, kept or not: the next one must have a higher number.
    package var lastPage: UInt64?

    /// Every page below this number had been dropped.
    package var droppedBelow: UInt64 = 0

    /// Numbers of pages that were appended and are gone, with everything on them.
    ///
    /// The upper bound of each range certainly was a page; numbers before it may have been left out by the caller.
    package var missing: [ClosedRange<UInt64>] = []

    /// Pages whose bytes are not what was written.
    package var damaged: [DamagedPage] = []

    /// What is broken in the storage underneath, as it says itself.
    ///
    /// What that costs is in ``missing`` and ``damaged``; where the storage cannot be read at all, nothing is known of it.
    package var brokenStructure: [String] = []

    /// Files that were set aside, because the storage underneath was damaged.
    ///
    /// They are never deleted.
    package var filesSetAside: [String] = []

    /// What else a person should know.
    ///
    /// Nothing here means a loss.
    package var notes: [String] = []

    /// Makes a report of an empty journal.
    package init() {}

    /// Whether everything that was ever made durable is there.
    package var isIntact: Bool {
        missing.isEmpty && damaged.isEmpty && brokenStructure.isEmpty && filesSetAside.isEmpty
    }

    /// Records that are known to be lost, on damaged pages.
    ///
    /// How many were on missing pages is not known.
    package var recordsLost: Int { damaged.reduce(0) { $0 + $1.recordsLost } }
}

extension RecoveryReport: CustomStringConvertible {
    package var description: String {
        var parts = ["\(pagesRead) pages read (\(bytesRead) bytes)"]
        if let firstPage, let lastPage { parts[0] += ", numbers \(firstPage) to \(lastPage)" }
        for range in missing {
            parts.append(
                range.count == 1
                    ? "page \(range.lowerBound) is missing"
                    : "pages \(range.lowerBound) to \(range.upperBound) are missing"
            )
        }
        parts += damaged.map(\.description)
        parts += brokenStructure
        parts += filesSetAside.map { "set aside: \($0)" }
        parts += notes
        return parts.joined(separator: "; ")
    }
}
