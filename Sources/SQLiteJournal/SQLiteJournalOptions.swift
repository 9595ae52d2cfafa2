package import Journal

/// How a ``SQLiteJournal`` behaves.
package struct SQLiteJournalOptions: Sendable {
    /// What recovery does when stored bytes are not what was written.
    package var onDamage: DamagePolicy = .refuse

    /// How a person tells the program to salvage, named in the message that refuses damage.
    package var salvageFlag = "--accept-damage"

    /// The most bytes that the pages may take on disk, or `nil` for as many as the disk has.
    ///
    /// The log beside the file takes up to ``Bounds/logBytesWhileSmall`` more.
    package var maximumBytes: UInt64?

    /// How long opening waits for another broker on the directory to end.
    ///
    /// A process that was killed holds its files until the system has torn it down, and that takes a while where it was large.
    package var lockTimeout: Duration = .seconds(5)

    /// The sizes that were measured for `docs/decisions/0001-pages-as-rows.md`.
    package var bounds = Bounds()

    /// Makes the default options.
    ///
    /// - Parameters:
    ///   - onDamage: What recovery does when stored bytes are not what was written.
    ///   - maximumBytes: The most bytes that the pages may take on disk.
    package init(onDamage: DamagePolicy = .refuse, maximumBytes: UInt64? = nil) {
        self.onDamage = onDamage
        self.maximumBytes = maximumBytes
    }
}

extension SQLiteJournalOptions {
    /// The sizes that bound what the journal keeps and does at once.
    package struct Bounds: Sendable {
        /// How large the log grows before a checkpoint while what is alive is at most ``smallBytes``.
        package var logBytesWhileSmall = 16 << 20

        /// How large the log grows before a checkpoint otherwise: a checkpoint may have to copy all of it.
        package var logBytes = 4 << 20

        /// What counts as small: as much as a checkpoint may copy.
        package var smallBytes = 4 << 20

        /// How many bytes of the disk are kept for dropping and acknowledging when it is full.
        ///
        /// A checkpoint must find room in it for all of the log.
        package var reserveBytes = 24 << 20

        /// How many free bytes the file keeps for later pages before it gives some back to the disk.
        ///
        /// It keeps at least as many as are in use, too.
        package var keptFreeBytes = 32 << 20

        /// How many bytes one append gives back at most.
        package var bytesGivenBackAtOnce = 4 << 20

        /// After how many appends it is looked again whether the file has too many free bytes.
        package var appendsBetweenLooks = 64

        /// How many bytes of pages SQLite keeps in memory.
        package var cacheBytes = 8 << 20

        /// How many reads may wait for the journal's thread; more are refused.
        package var waitingReads = 1024

        /// How many numbers recovery tries one by one where the file's structure is broken.
        package var probes = 65_536
    }
}
