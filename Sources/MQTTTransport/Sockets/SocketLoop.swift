#if os(Linux)
import CEpoll
import Glibc
import NIOCore
import Synchronization

/// An event loop for plain sockets: one thread, one epoll set, and nothing between a socket and who decides about it.
///
/// It is an `EventLoop`, so that futures, timers and tasks work as on any other; but no channel of SwiftNIO can live on it. What is readable in
/// one round is read first, then the tasks run that were asked for meanwhile: so a task that a reader asks for comes when all was read.
// Safe because all that is not constant, atomic or behind a lock is touched on its own thread only.
package final class SocketLoop: EventLoop, @unchecked Sendable {
    /// Bytes read from a socket at once.
    static let receiveBytes = 256 << 10
    /// How often tasks that tasks asked for run before sockets are looked at again.
    static let taskRounds = 8
    /// The longest wait, in milliseconds: longer timers wait more than once.
    static let longestWait: Int64 = 60_000

    /// What a descriptor belongs to.
    enum Watched {
        case nothing
        case connection(SocketConnection)
        case listener(SocketListener)
    }

    /// A task of the loop: in a type of its own, because an array of bare closures allocates for each.
    struct LoopTask {
        let run: () -> Void
    }

    /// What comes from other threads.
    struct Inbox {
        var tasks: [@Sendable () -> Void] = []
        /// Nothing is taken any more.
        var isClosed = false
    }

    /// What is watched, by descriptor.
    private var watched: [Watched] = []
    private var poller: SocketPoller
    private var nextNumber: UInt32 = 0
    /// Where sockets are read into.
    // Safe because it is as old as the loop, and used on the loop only.
    let receiveArea: UnsafeMutableRawBufferPointer

    /// Tasks asked for on the loop.
    var tasks: [LoopTask] = []
    private var running: [LoopTask] = []
    var timers = TimerHeap()
    let nextTimer = Atomic<UInt64>(1)
    let inbox = Mutex(Inbox())
    private let wakeUp: CInt
    private let thread = Atomic<UInt>(0)
    private var isStopping = false
    private var whenStopped: [() -> Void] = []

    private static let wakeUpTag = UInt64.max

    /// Starts a loop on a thread of its own; ``shutdownGracefully(queue:_:)`` ends it.
    ///
    /// - Throws: ``SocketError`` when the system gives no descriptor or thread.
    package static func start() throws -> SocketLoop {
        let loop = try SocketLoop()
        try loop.startThread()
        return loop
    }

    private init() throws(SocketError) {
        poller = try SocketPoller()
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        // Safe because it is freed with the loop, and handed to sockets of this loop only.
        receiveArea = .allocate(byteCount: Self.receiveBytes, alignment: 16)
        guard wakeUp >= 0 else { throw SocketError("eventfd") }
        try poller.add(wakeUp, .readable, tag: Self.wakeUpTag)
    }

    deinit {
        receiveArea.deallocate()
        if wakeUp >= 0 { _ = Glibc.close(wakeUp) }
    }

    private func startThread() throws(SocketError) {
        // Safe because the thread takes over the reference that is passed here.
        let passed = Unmanaged.passRetained(self)
        var made = pthread_t()
        let code = pthread_create(
            &made,
            nil,
            { argument in
                guard let argument else { return nil }
                // Safe because it is the reference that was passed.
                Unmanaged<SocketLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            passed.toOpaque()
        )
        guard code == 0 else {
            passed.release()
            throw SocketError("pthread_create", code: code)
        }
        pthread_detach(made)
    }

    package var inEventLoop: Bool { UInt(pthread_self()) == thread.load(ordering: .relaxed) }

    // MARK: The round

    private func run() {
        martlet_name_thread("martlet-loop")
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while !isStopping {
            let count = poller.wait(milliseconds: waitingTime())
            var index = 0
            while index < count {
                let (tag, events) = poller.event(index)
                dispatch(tag, events)
                index += 1
            }
            if let due = timers.nextDue, due <= .now() { runTimers() }
            runTasks()
        }
        end()
    }

    private func waitingTime() -> Int32 {
        guard tasks.isEmpty else { return 0 }
        guard let due = timers.nextDue else { return -1 }
        let left = (due - .now()).nanoseconds
        // Rounded up: a timer never fires early, and never spins.
        return left <= 0 ? 0 : Int32(min(Self.longestWait, (left + 999_999) / 1_000_000))
    }

    private func dispatch(_ tag: UInt64, _ events: SocketPoller.Events) {
        guard tag != Self.wakeUpTag else {
            takeInbox()
            return
        }
        let descriptor = Int(UInt32(truncatingIfNeeded: tag))
        guard descriptor < watched.count else { return }
        let number = UInt32(truncatingIfNeeded: tag >> 32)
        switch watched[descriptor] {
        case .nothing: return
        case .connection(let connection): if connection.number == number { connection.handle(events) }
        case .listener(let listener): if listener.number == number { listener.handle(events) }
        }
    }

    private func takeInbox() {
        var count: eventfd_t = 0
        eventfd_read(wakeUp, &count)
        let posted = inbox.withLock { inbox in
            defer { inbox.tasks = [] }
            return inbox.tasks
        }
        for task in posted { tasks.append(LoopTask(run: task)) }
    }

    private func runTimers() {
        let now = NIODeadline.now()
        while let work = timers.popDue(now) { work.run() }
    }

    private func runTasks() {
        var rounds = 0
        while !tasks.isEmpty, rounds < Self.taskRounds {
            swap(&tasks, &running)
            var index = 0
            while index < running.count {
                running[index].run()
                index += 1
            }
            running.removeAll(keepingCapacity: true)
            rounds += 1
        }
    }

    // MARK: Descriptors

    /// A number for a new descriptor: tells it from an earlier one, of which an event may still be on its way.
    func makeNumber() -> UInt32 {
        nextNumber &+= 1
        return nextNumber
    }

    private static func tag(_ descriptor: CInt, _ number: UInt32) -> UInt64 {
        UInt64(number) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    func watch(_ descriptor: CInt, _ number: UInt32, _ events: SocketPoller.Events, _ what: Watched) throws(SocketError)
    {
        try poller.add(descriptor, events, tag: Self.tag(descriptor, number))
        while watched.count <= Int(descriptor) { watched.append(.nothing) }
        watched[Int(descriptor)] = what
    }

    func change(_ descriptor: CInt, _ number: UInt32, _ events: SocketPoller.Events) {
        // It fails only for a descriptor that is not there, and then there is nothing to watch.
        try? poller.change(descriptor, events, tag: Self.tag(descriptor, number))
    }

    /// Closes a descriptor, which ends its watching.
    func close(_ descriptor: CInt) {
        watched[Int(descriptor)] = .nothing
        _ = Glibc.close(descriptor)
    }

    // MARK: Tasks from elsewhere, and the end

    /// Hands a task over from another thread; false when the loop has ended.
    func post(_ task: @escaping @Sendable () -> Void) -> Bool { post(making: { (task, ()) }) != nil }

    /// Hands a task over from another thread that is made only when the loop has not ended; nil when it has.
    func post<Future: Sendable>(making make: () -> (task: @Sendable () -> Void, future: Future)) -> Future? {
        let taken: (wakes: Bool, future: Future)? = inbox.withLock { inbox in
            guard !inbox.isClosed else { return nil }
            let (task, future) = make()
            inbox.tasks.append(task)
            return (inbox.tasks.count == 1, future)
        }
        if taken?.wakes == true { eventfd_write(wakeUp, 1) }
        return taken?.future
    }

    /// Ends the loop with this round, and calls back when nothing on it runs any more.
    func stop(_ done: @escaping () -> Void) {
        isStopping = true
        whenStopped.append(done)
    }

    private func closeWatched() {
        // By index: a connection that ends says so to the list.
        for index in watched.indices {
            switch watched[index] {
            case .nothing: continue
            case .connection(let connection): connection.abort()
            case .listener(let listener): listener.closeNow()
            }
        }
    }

    private func end() {
        closeWatched()
        let late = inbox.withLock { inbox in
            inbox.isClosed = true
            defer { inbox.tasks = [] }
            return inbox.tasks
        }
        for task in late { tasks.append(LoopTask(run: task)) }
        for work in timers.removeAll() { work.fail(EventLoopError.shutdown) }
        while !tasks.isEmpty { runTasks() }
        // What a late task has opened.
        closeWatched()
        while !tasks.isEmpty { runTasks() }
        watched = []
        for done in whenStopped { done() }
        whenStopped = []
    }
}
#endif
