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
    func listen(
        _ listeners: [OpenListener],
        _ homes: BrokerHomes
    ) async throws -> (channels: [ListeningSocket], addresses: [BrokerListenerAddress]) {
        var channels: [ListeningSocket] = []
        var addresses: [BrokerListenerAddress] = []
        for listener in listeners {
            do {
                let channel = try await listen(listener, homes)
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

    private func listen(_ listener: OpenListener, _ homes: BrokerHomes) async throws -> ListeningSocket {
        let number = listener.number
        let address = listener.configuration.serverAddress
        let places = listener.stack.isPlain ? homes.plain : homes.layered
        #if os(Linux)
        if let sockets = places[0].loop as? SocketLoop {
            return try await sockets.submit {
                .socket(try SocketListener(address, on: sockets, homes: places, listener: number, gate: listener))
            }.get()
        }
        #endif
        return .channel(
            try await ServerListener.bind(
                to: address,
                through: listener.stack,
                on: places[0].loop,
                children: listener.stack.isPlain ? nil : homes.layeredLoops,
                gate: listener
            ) { origin, loop in
                guard let home = places.first(where: { $0.loop === loop }) else {
                    throw BrokerError(.stopped, "The loop of the connection is none of the broker's.")
                }
                var origin = origin
                origin.listener = number
                return ServerConnection(owner: home.owner, origin: origin)
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
