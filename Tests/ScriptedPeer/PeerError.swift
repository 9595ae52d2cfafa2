/// What can go wrong with a scripted server.
package enum PeerError: Error {
    case noSocketPair
    case noConnection
    case unexpected
    case closed
}
