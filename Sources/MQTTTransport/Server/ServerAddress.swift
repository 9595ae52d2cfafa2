/// Where a listener listens.
package enum ServerAddress: Sendable, Hashable {
    /// A host name or address, and a TCP port; 0 for any free one.
    case tcp(host: String, port: Int)
    /// A Unix domain socket: its path, and the permissions of its file.
    case unixSocket(path: String, mode: UInt16)
}
