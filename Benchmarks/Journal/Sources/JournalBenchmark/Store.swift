import Foundation
import GRDB

/// A journal laid out one way.
protocol Store {
    func commit(_ number: Int, page: [UInt8], messages: [Data], dropBelow: Int) throws
    func close() throws
}

/// SQLite, with a row a page, a message or a chunk.
final class SQLiteStore: Store {
    private let queue: DatabaseQueue
    private let setup: Setup
    private var frames = 0

    init(path: String, setup: Setup) throws {
        self.setup = setup
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = \(setup.pageSize)")
            try db.execute(sql: "PRAGMA auto_vacuum = \(setup.autoVacuum)")
            if setup.exclusive { try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = \(setup.synchronous)")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(setup.manualCheckpoint ? 0 : setup.checkpointPages)")
            _ = try Int.fetchOne(db, sql: "PRAGMA secure_delete = \(setup.leavesDeletedBytes ? 0 : 1)")
            try db.execute(sql: "PRAGMA cache_size = \(setup.cachePages)")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            switch setup.layout {
            case .message: try db.execute(sql: "CREATE TABLE page (number INTEGER PRIMARY KEY, c, body BLOB NOT NULL)")
            default: try db.execute(sql: "CREATE TABLE page (number INTEGER PRIMARY KEY, c, body BLOB NOT NULL)")
            }
        }
    }

    func commit(_ number: Int, page: [UInt8], messages: [Data], dropBelow: Int) throws {
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                let insert = try db.cachedStatement(sql: "INSERT INTO page VALUES (?, ?, ?)")
                let perCommit = setup.layout == .message ? setup.messagesInCommit : setup.layout == .chunks ? 1000 : 1
                if dropBelow > 0 {
                    try db.cachedStatement(sql: "DELETE FROM page WHERE number < ?").execute(arguments: [
                        dropBelow * perCommit
                    ])
                }
                switch setup.layout {
                case .message:
                    for (index, message) in messages.enumerated() {
                        try insert.execute(arguments: [number * perCommit + index, 1, message])
                    }
                case .chunks:
                    let size = setup.pageSize - 60
                    var offset = 0
                    while offset < page.count {
                        let end = min(offset + size, page.count)
                        try insert.execute(arguments: [number * perCommit + offset / size, 1, Data(page[offset..<end])])
                        offset = end
                    }
                default:
                    try insert.execute(arguments: [number, 1, Data(page)])
                }
                return .commit
            }
            if setup.manualCheckpoint {
                frames += page.count / setup.pageSize + 3
                if frames >= setup.checkpointPages {
                    frames = 0
                    try db.checkpoint(.passive)
                }
            }
        }
    }

    func close() throws { try queue.close() }
}

/// A file that pages are appended to, ring-wise when preallocated.
final class FileStore: Store {
    private let descriptor: Int32
    private let preallocated: Bool
    private var offset = 0
    private static let ringBytes = 64 << 20

    init(path: String, preallocated: Bool) {
        self.preallocated = preallocated
        descriptor = open(path, O_RDWR | O_CREAT, 0o644)
        if preallocated {
            let zeros = [UInt8](repeating: 0, count: 1 << 20)
            for _ in 0..<Self.ringBytes >> 20 { _ = write(descriptor, zeros, zeros.count) }
            fsync(descriptor)
        }
    }

    func commit(_ number: Int, page: [UInt8], messages: [Data], dropBelow: Int) throws {
        if preallocated, offset + page.count > Self.ringBytes { offset = 0 }
        _ = pwrite(descriptor, page, page.count, off_t(offset))
        offset += page.count
        fdatasync(descriptor)
    }

    func close() throws { Foundation.close(descriptor) }
}
