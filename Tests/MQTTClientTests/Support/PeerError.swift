/// What can go wrong with a scripted server.
enum PeerError: Error {
    case noSocketPair
    case noConnection
    case unexpected
    case closed
}
