import NIOCore

extension EventLoop {
    /// Does something when the owner of connections on this loop has ended the turn of this round; on the loop.
    func executeBehindTurn(_ task: @escaping () -> Void) {
        // Safe because it runs on the loop.
        let here = assumeIsolated()
        // Twice, because the turn may be asked for behind this.
        here.execute { here.execute(task) }
    }
}
