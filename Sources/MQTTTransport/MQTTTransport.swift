/// Sockets: TCP, TLS, WebSocket, Unix domain sockets and the PROXY protocol, for both ends of a connection.
///
/// A server whose sockets are all plain serves them on a ``SocketLoop`` (`Sockets`), all others live on SwiftNIO. There, a plain TCP connection has
/// one handler, ``ServerConnection``, in its pipeline. What else a listener asks for is put before it, one stage after the other
/// (``ServerHandshake``), and the connection's owner hears of it only when all of them are passed. Where connections do not live on
/// their owner's loop, trays go between the two (`Trays`). The room moves bytes and decides nothing about packets.
package enum MQTTTransport {}
