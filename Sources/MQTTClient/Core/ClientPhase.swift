import MQTTTransport

/// How far the client is with its connection.
enum ClientPhase {
    /// There is no connection, and none is being made. Next: `opening`, `finished`.
    case idle
    /// The network connection is being made. Next: `greeting`, `idle`.
    case opening
    /// CONNECT was sent. Next: `connected`, `leaving`, `idle`.
    case greeting(ClientConnection)
    /// The server took the connection. Next: `leaving`, `idle`.
    case connected(ClientConnection)
    /// DISCONNECT was sent; the server should close the connection. Next: `idle`.
    case leaving(ClientConnection, ConnectionEnd)
    /// The client has ended.
    case finished
}
