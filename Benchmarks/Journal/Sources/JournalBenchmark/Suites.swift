/// The comparisons.
enum Suites {
    static let sizes = [1, 13, 50, 200, 800]

    static let all: [(title: String, setups: [Setup])] = [
        ("layout", layout),
        ("pagesize", pageSize),
        ("checkpoint", checkpoint),
        ("delete", deletion),
        ("vacuum", vacuum),
        ("growth", growth),
        ("chosen", chosen),
        ("combined", combined),
        ("backlog", backlog),
    ]

    static let layout = sizes.flatMap { size in
        [
            Setup(name: "row a message", layout: .message, messagesInCommit: size),
            Setup(name: "row a page", messagesInCommit: size),
            Setup(name: "page in chunks", layout: .chunks, messagesInCommit: size),
            Setup(name: "growing file", layout: .file, messagesInCommit: size),
            Setup(name: "preallocated file", layout: .preallocatedFile, messagesInCommit: size),
        ]
    }

    static let pageSize = sizes.flatMap { size in
        [4096, 8192, 16384, 32768].map { bytes in
            Setup(
                name: "page_size \(bytes)",
                messagesInCommit: size,
                pageSize: bytes,
                checkpointPages: 4096 * 1000 / bytes
            )
        }
    }

    static let checkpoint = [13, 200].flatMap { size in
        [100, 250, 1000, 4000, 16000, 64000].map { pages in
            Setup(name: "checkpoint \(pages * 4 / 1000) MB", messagesInCommit: size, checkpointPages: pages)
        }
    }

    static let deletion = [13, 200].flatMap { size in
        [
            Setup(name: "secure_delete off", messagesInCommit: size),
            Setup(name: "secure_delete on", messagesInCommit: size, leavesDeletedBytes: false),
            Setup(name: "nothing dropped", messagesInCommit: size, liveCommits: 0),
            Setup(name: "5 commits alive", messagesInCommit: size, liveCommits: 5),
            Setup(name: "500 commits alive", messagesInCommit: size, liveCommits: 500),
            Setup(name: "not exclusive", messagesInCommit: size, exclusive: false),
            Setup(name: "synchronous NORMAL", messagesInCommit: size, synchronous: "NORMAL"),
            Setup(name: "cache 8000", messagesInCommit: size, cachePages: 8000),
        ]
    }

    static let vacuum = [13, 200].flatMap { size in
        [
            Setup(name: "free list", messagesInCommit: size),
            Setup(name: "auto_vacuum full", messagesInCommit: size, autoVacuum: 1),
            Setup(name: "auto_vacuum incremental (not run)", messagesInCommit: size, autoVacuum: 2),
        ]
    }

    static let chosen = sizes.map { size in
        Setup(
            name: "as chosen",
            messagesInCommit: size,
            pageSize: 8192,
            checkpointPages: 16 << 20 / 8192,
            manualCheckpoint: true
        )
    }

    static let combined = [13, 50, 200, 800].flatMap { size in
        [4096, 8192, 16384, 32768].flatMap { bytes in
            [4, 16, 32].map { log in
                Setup(
                    name: "page_size \(bytes), log \(log) MB",
                    messagesInCommit: size,
                    pageSize: bytes,
                    checkpointPages: log << 20 / bytes
                )
            }
        }
    }

    static let backlog = [50, 200].flatMap { size in
        [4096, 8192, 16384].flatMap { bytes in
            [1, 4, 16].map { log in
                Setup(
                    name: "nothing dropped, page_size \(bytes), log \(log) MB",
                    messagesInCommit: size,
                    pageSize: bytes,
                    checkpointPages: log << 20 / bytes,
                    liveCommits: 0,
                    commits: 200_000 / size,
                    manualCheckpoint: true
                )
            }
        }
    }

    static let growth = [
        Setup(name: "nothing dropped, 1 GB", messagesInCommit: 200, liveCommits: 0, commits: 16000),
        Setup(
            name: "nothing dropped, 1 GB, 16K pages",
            messagesInCommit: 200,
            pageSize: 16384,
            checkpointPages: 1000,
            liveCommits: 0,
            commits: 16000
        ),
    ]
}
