import Glibc
package import MQTTClient
package import MQTTPackets
import NIOCore
import NIOPosix

/// A server that does exactly what the test says: it gets the other ends of the client's socket pairs, without ports.
package final class Peer: Sendable {
    private let accepted: AsyncStream<CInt>
    private let continuation: AsyncStream<CInt>.Continuation

    package init() {
        (self.accepted, self.continuation) = AsyncStream.makeStream()
    }

    /// Where the client connects to.
    package var endpoint: MQTTEndpoint { .connector(self.connector) }

    /// Makes a connection of the client to this server.
    package var connector: @Sendable () async throws -> CInt {
        { [continuation = self.continuation] in
            var pair: [CInt] = [0, 0]
            guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0 else { throw PeerError.noSocketPair }
            continuation.yield(pair[1])
            return pair[0]
        }
    }

    /// Waits for the next connection of the client.
    package func accept() async throws -> PeerConnection {
        for await descriptor in self.accepted {
            return try await PeerConnection(descriptor)
        }
        throw PeerError.noConnection
    }

    /// Waits for the next connection and takes it.
    ///
    /// - Parameter connack: What to answer to CONNECT.
    /// - Returns: The connection, and what the client said.
    /// - Throws: What goes wrong on the socket, or when the first packet is no CONNECT.
    package func welcome(_ connack: ConnAck = ConnAck()) async throws -> (PeerConnection, Connect) {
        let connection = try await self.accept()
        guard case .connect(let connect) = try await connection.receive() else { throw PeerError.unexpected }
        try await connection.send(.connack(connack))
        return (connection, connect)
    }
}
