#if os(Linux)
import CEpoll
import Glibc

/// An epoll set, level-triggered: which descriptors are watched for what, and what happened on them.
struct SocketPoller: ~Copyable {
    /// What a descriptor is watched for, and what happened on it.
    struct Events: OptionSet {
        let rawValue: UInt32

        static let readable = Events(rawValue: EPOLLIN.rawValue)
        static let writable = Events(rawValue: EPOLLOUT.rawValue)
        /// Reported whether asked for or not: the connection is gone, or an error waits to be read.
        static let gone = Events(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    /// Events taken at once; more wait for the next call.
    static let batch = 1_024

    private let descriptor: CInt
    private var ready = [epoll_event](repeating: epoll_event(), count: Self.batch)

    /// Makes an empty set.
    ///
    /// - Throws: ``SocketError`` when the system gives no descriptor.
    init() throws(SocketError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SocketError("epoll_create1") }
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// Watches a descriptor; its events carry the tag.
    func add(_ watched: CInt, _ events: Events, tag: UInt64) throws(SocketError) {
        try control(EPOLL_CTL_ADD, watched, events, tag)
    }

    /// Watches a descriptor for something else.
    func change(_ watched: CInt, _ events: Events, tag: UInt64) throws(SocketError) {
        try control(EPOLL_CTL_MOD, watched, events, tag)
    }

    private func control(_ what: CInt, _ watched: CInt, _ events: Events, _ tag: UInt64) throws(SocketError) {
        var event = epoll_event()
        event.events = events.rawValue
        event.data.u64 = tag
        guard epoll_ctl(descriptor, what, watched, &event) == 0 else { throw SocketError("epoll_ctl") }
    }

    /// Waits until something happens.
    ///
    /// - Parameter milliseconds: At most so long; negative for ever.
    /// - Returns: How many events there are; see ``event(_:)``.
    mutating func wait(milliseconds: Int32) -> Int {
        // Safe because the count is the array's, and the pointer does not outlive the call.
        let count = ready.withUnsafeMutableBufferPointer { events in
            epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)
        }
        // Only a signal interrupts it; there is nothing then.
        return Int(max(0, count))
    }

    /// One of the events of the last wait.
    @inline(__always)
    func event(_ index: Int) -> (tag: UInt64, events: Events) {
        (ready[index].data.u64, Events(rawValue: ready[index].events))
    }
}
#endif
