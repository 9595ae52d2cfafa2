// JournalConformance
