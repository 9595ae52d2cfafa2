// SQLiteJournal: placeholder until its room is built.
