import BrokerEngine

/// Where a shell keeps its engine.
///
/// As a property of a class the engine would be guarded against overlapping accesses at run time, some eighteen times a message that comes
/// alone: a tenth of what such a message cost. Debug builds, and so all tests, guard it still.
struct EngineCell: ~Copyable {
    #if DEBUG
    private final class Guarded {
        var engine: BrokerEngine

        init(_ engine: consuming BrokerEngine) { self.engine = engine }
    }

    private let guarded: Guarded

    /// The engine.
    var engine: BrokerEngine {
        _read { yield guarded.engine }
        nonmutating _modify { yield &guarded.engine }
    }

    /// Takes an engine in.
    init(_ engine: consuming BrokerEngine) { guarded = Guarded(engine) }
    #else
    // Safe because all happens on the loop of the shell, and because the engine calls nobody: while one of its functions runs, nothing else
    // reaches it.
    private let pointer: UnsafeMutablePointer<BrokerEngine>

    /// The engine.
    var engine: BrokerEngine {
        @inline(__always) _read { yield pointer.pointee }
        @inline(__always) nonmutating _modify { yield &pointer.pointee }
    }

    /// Takes an engine in.
    init(_ engine: consuming BrokerEngine) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: engine)
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
    #endif
}
