package import NIOCore

/// A loop that connections may live on, and who takes them there.
package struct ConnectionHome: Sendable {
    /// The loop.
    package let loop: any EventLoop
    // Safe because it is made and opened on that loop only.
    private let bound: NIOLoopBound<any ServerConnectionOwner>

    /// Names a home; on its loop.
    ///
    /// - Parameters:
    ///   - loop: The loop.
    ///   - owner: Who decides about connections there.
    package init(loop: any EventLoop, owner: any ServerConnectionOwner) {
        self.loop = loop
        bound = NIOLoopBound(owner, eventLoop: loop)
    }

    /// Who decides about connections there; on its loop.
    package var owner: any ServerConnectionOwner { bound.value }
}
