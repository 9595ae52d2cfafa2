#if os(Linux)
import CEpoll
import Glibc
package import NIOCore

/// A listening socket on a ``SocketLoop``.
// Safe because all that changes is touched on its loop only.
package final class SocketListener: @unchecked Sendable {
    /// Connections accepted at once, before those that are there are served.
    private static let batch = 64
    /// How long nothing is accepted when there are no descriptors left.
    private static let pause = TimeAmount.milliseconds(100)

    /// Where it listens, with the port that the system chose.
    package let address: SocketAddress
    let number: UInt32
    private let loop: SocketLoop
    /// Where its connections live, in turn.
    private let homes: [ConnectionHome]
    private var nextHome = 0
    private let listener: Int?
    private let gate: (any ConnectionGate)?
    private let isTCP: Bool
    private var descriptor: CInt

    /// Listens on an address; on the loop.
    ///
    /// - Parameters:
    ///   - address: Where; port 0 is any free one.
    ///   - loop: The loop of the listener.
    ///   - homes: The socket loops where its connections live, in turn, and who takes them there.
    ///   - listener: What the owner calls the listener by.
    ///   - gate: Who counts the connections; nil for nobody.
    /// - Throws: ``SocketError`` when the system does not allow it; ``TransportError`` when the path of a Unix domain socket is in use.
    package init(
        _ address: ServerAddress,
        on loop: SocketLoop,
        homes: [ConnectionHome],
        listener: Int? = nil,
        gate: (any ConnectionGate)? = nil
    ) throws {
        loop.preconditionInEventLoop()
        let descriptor: CInt
        switch address {
        case .tcp(let host, let port):
            descriptor = try Self.bind(to: try SocketAddress.makeAddressResolvingHost(host, port: port))
            isTCP = true
        case .unixSocket(let path, let mode):
            descriptor = try UnixSocketFile.bind(path, mode: mode)
            isTCP = false
        }
        do {
            guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else {
                throw SocketError("fcntl")
            }
            guard listen(descriptor, ServerListener.backlog) == 0 else { throw SocketError("listen") }
            number = loop.makeNumber()
            switch address {
            case .tcp: self.address = try Self.localAddress(descriptor)
            case .unixSocket(let path, _): self.address = try SocketAddress(unixDomainSocketPath: path)
            }
            self.descriptor = descriptor
            self.loop = loop
            self.homes = homes
            self.listener = listener
            self.gate = gate
            try loop.watch(descriptor, number, .readable, .listener(self))
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
    }

    private static func bind(to address: SocketAddress) throws(SocketError) -> CInt {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.protocol.rawValue, kind, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        var one: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout.size(ofValue: one)))
        // Safe because the pointer is used only inside the closure.
        let bound = address.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) }
        guard bound == 0 else {
            let error = SocketError("bind")
            _ = Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func localAddress(_ descriptor: CInt) throws -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout.size(ofValue: storage))
        // Safe because the storage is large enough for an address of any family.
        let result = withUnsafeMutablePointer(to: &storage) {
            // Safe as above.
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0, let address = Self.address(storage) else { throw SocketError("getsockname") }
        return address
    }

    /// An Internet address as SwiftNIO has it; nil for another one.
    private static func address(_ storage: sockaddr_storage) -> SocketAddress? {
        // Safe because the storage is read as the family that it says.
        withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET: SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
            case AF_INET6: SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
            default: nil
            }
        }
    }

    func handle(_ events: SocketPoller.Events) {
        var accepted = 0
        while accepted < Self.batch, descriptor >= 0 {
            var peer = sockaddr_storage()
            let connected = martlet_accept(descriptor, &peer)
            guard connected >= 0 else {
                refused(errno)
                return
            }
            accepted += 1
            open(connected, from: peer)
        }
    }

    private func open(_ connected: CInt, from peer: sockaddr_storage) {
        var origin = ConnectionOrigin(peer: isTCP ? Self.address(peer) : nil)
        origin.listener = listener
        if let gate, !gate.admits(origin.peer) {
            _ = Glibc.close(connected)
            return
        }
        if isTCP {
            var one: CInt = 1
            setsockopt(connected, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout.size(ofValue: one)))
        }
        nextHome = (nextHome + 1) % homes.count
        let home = homes[nextHome]
        guard let socketLoop = home.loop as? SocketLoop, socketLoop !== loop else {
            // It fails only when the kernel has no memory for it; it is closed then.
            try? SocketConnection.open(connected, on: loop, owner: home.owner, origin: origin, gate: gate)
            return
        }
        let isThere = socketLoop.post { [origin, gate] in
            // Safe to ignore as above.
            try? SocketConnection.open(connected, on: socketLoop, owner: home.owner, origin: origin, gate: gate)
        }
        guard !isThere else { return }
        // The loop has ended.
        _ = Glibc.close(connected)
        gate?.left()
    }

    /// Out of descriptors: what waits stays in the queue of the kernel, and is not asked for all the time.
    private func refused(_ code: CInt) {
        guard code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM else { return }
        loop.change(descriptor, number, [])
        // Safe because it runs on the loop of the listener.
        loop.assumeIsolated().scheduleTask(in: Self.pause) { [weak self] in
            guard let self, self.descriptor >= 0 else { return }
            self.loop.change(self.descriptor, self.number, .readable)
        }
    }

    /// Stops listening, and comes back when it does not any more; from anywhere.
    package func close() async {
        // An ended loop has closed it.
        try? await loop.submit { self.closeNow() }.get()
    }

    /// Stops listening; on the loop.
    func closeNow() {
        guard descriptor >= 0 else { return }
        loop.close(descriptor)
        descriptor = -1
    }
}
#endif
