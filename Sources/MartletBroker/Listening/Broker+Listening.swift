import Logging
import MQTTTransport
import NIOCore

/// The doors of the broker.
extension Broker {
    /// Reads what the listeners need, before anything is opened.
    ///
    /// - Throws: ``BrokerError`` that names everything that is wrong.
    func makeListeners() throws -> [OpenListener] {
        let problems = configuration.problems()
        guard problems.isEmpty else { throw BrokerError(.configuration, problems.joined(separator: "\n")) }
        return try configuration.effectiveListeners.enumerated().map { number, listener in
            let authenticates = configuration.authentication(of: listener) != nil
            if !authenticates, !listener.isLocal {
                logger.warning(
                    "Everybody who reaches this listener may connect: it has no authentication",
                    metadata: ["listener": "\(listener.name)"]
                )
            }
            return try OpenListener(listener, number: number, authenticates: authenticates, logger: logger)
        }
    }

    /// Opens the listeners, all or none.
    ///
    /// - Returns: Their channels, and where they listen.
    /// - Throws: ``BrokerError`` that names the address that cannot be used.
    // Safe because the bound shell is opened only where handlers are made: on its loop.
    func listen(
        _ listeners: [OpenListener],
        _ shell: NIOLoopBound<BrokerShell>,
        _ loop: any EventLoop
    ) async throws -> (channels: [ListeningSocket], addresses: [BrokerListenerAddress]) {
        var channels: [ListeningSocket] = []
        var addresses: [BrokerListenerAddress] = []
        for listener in listeners {
            do {
                let channel = try await listen(listener, shell, loop)
                channels.append(channel)
                let address = BrokerListenerAddress(listener.configuration, port: channel.address?.port)
                addresses.append(address)
                logger.info(
                    "The broker listens",
                    metadata: ["listener": "\(address.listener)", "address": "\(address)"]
                )
            } catch {
                await Self.close(channels)
                throw Self.failure(listener, error)
            }
        }
        return (channels, addresses)
    }

    // Safe because the bound shell is opened only on its loop.
    private func listen(
        _ listener: OpenListener,
        _ shell: NIOLoopBound<BrokerShell>,
        _ loop: any EventLoop
    ) async throws -> ListeningSocket {
        let number = listener.number
        let address = listener.configuration.serverAddress
        #if os(Linux)
        if let sockets = loop as? SocketLoop {
            return try await loop.submit {
                // Safe because it runs on the loop of the shell.
                .socket(try SocketListener(address, on: sockets, owner: shell.value, listener: number, gate: listener))
            }.get()
        }
        #endif
        return .channel(
            try await ServerListener.bind(to: address, through: listener.stack, on: loop, gate: listener) { origin in
                var origin = origin
                origin.listener = number
                // Safe because the handler is made on the loop of its channel, which is the broker's.
                return ServerConnection(owner: shell.value, origin: origin)
            }
        )
    }

    private static func failure(_ listener: OpenListener, _ error: any Error) -> BrokerError {
        let address = BrokerListenerAddress(listener.configuration, port: nil)
        let place =
            address.path.flatMap { address.port == nil ? $0 : nil } ?? "\(address.host ?? ""):\(address.port ?? 0)"
        return BrokerError(
            .bind,
            "\(place) cannot be listened on (\(error)). Choose another address, or stop what uses it.",
            cause: error
        )
    }

    /// Closes listening channels, and removes the files of their Unix domain sockets.
    static func close(_ channels: [ListeningSocket]) async {
        for channel in channels {
            let path = channel.address?.pathname
            await channel.close()
            if let path { UnixSocketFile.remove(path) }
        }
    }
}
