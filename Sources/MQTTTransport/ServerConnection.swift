package import NIOCore

/// One accepted connection on its event loop: brings bytes to its owner and takes bytes from it, and decides nothing.
///
/// The owner lives on the same loop. Bytes it does not take (a part of a packet) are kept here and presented again, with more behind them.
package final class ServerConnection: TransportConnection, ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let owner: any ServerConnectionOwner
    private var context: ChannelHandlerContext?
    private var pending = ByteBuffer()
    private var isReadHeld = false
    private var isClosing = false
    /// The socket is gone.
    private var isEnded = false

    /// What the owner calls this connection by.
    private var handle: Int32?

    /// Makes the handler of one channel.
    package init(owner: any ServerConnectionOwner, origin: ConnectionOrigin = ConnectionOrigin()) {
        self.owner = owner
        super.init(origin: origin)
    }

    // What is for a socket that is gone goes nowhere, and need not wait for that.
    package override var isWritable: Bool { isEnded || context?.channel.isWritable ?? false }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        guard handle == nil, !isClosing else { return }
        handle = owner.connectionOpened(self)
        if handle == nil {
            isClosing = true
            context.close(promise: nil)
        }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let handle, !isClosing else { return }
        var bytes = unwrapInboundIn(data)
        if pending.readableBytes > 0 {
            pending.writeBuffer(&bytes)
            let taken = owner.connectionReceived(pending.readableBytesUInt8Span, on: handle)
            pending.moveReaderIndex(forwardBy: taken)
            if pending.readableBytes == 0 { pending = ByteBuffer() } else { pending.discardReadBytes() }
            return
        }
        let taken = owner.connectionReceived(bytes.readableBytesUInt8Span, on: handle)
        guard taken < bytes.readableBytes else { return }
        bytes.moveReaderIndex(forwardBy: taken)
        // A copy of its own: a slice would keep the whole receive buffer alive.
        pending = ByteBuffer()
        pending.writeBuffer(&bytes)
    }

    package func read(context: ChannelHandlerContext) {
        if isReadingPaused || isThrottled || isHeld || owner.isReadingPaused {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    package override func presentAgain() {
        guard let handle, !isClosing, pending.readableBytes > 0 else { return }
        let taken = owner.connectionReceived(pending.readableBytesUInt8Span, on: handle)
        pending.moveReaderIndex(forwardBy: taken)
        if pending.readableBytes == 0 { pending = ByteBuffer() } else { pending.discardReadBytes() }
        if isEnded { leaveOnceTaken() }
    }

    /// Reads again after a pause, if a read was asked for meanwhile.
    package override func resumeReading() {
        guard isReadHeld, !isReadingPaused, !isThrottled, !isHeld, !owner.isReadingPaused else { return }
        isReadHeld = false
        context?.read()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if let handle { owner.connectionWritabilityChanged(context.channel.isWritable, on: handle) }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end(context.eventLoop)
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(context.eventLoop)
        self.context = nil
    }

    /// The socket is gone.
    ///
    /// What came before its end and was not taken yet is taken first, as if the end had not been read yet.
    private func end(_ loop: any EventLoop) {
        guard !isEnded else { return }
        isEnded = true
        guard pending.readableBytes > 0, !isClosing else {
            leave()
            return
        }
        // Then it is known whether the owner waits for something before it takes more.
        loop.executeBehindTurn { self.leaveOnceTaken() }
    }

    private func leaveOnceTaken() {
        if !isThrottled, !isHeld { leave() }
    }

    private func leave() {
        isClosing = true
        guard let handle else { return }
        self.handle = nil
        owner.connectionClosed(handle)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the peer and the like: the channel is of no use any more, and that is all there is to know.
        context.close(promise: nil)
    }

    package override func send(_ bytes: borrowing ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(copy bytes), promise: nil)
    }

    package override func close(after bytes: ByteBuffer, deadline: TimeAmount) {
        guard !isClosing else { return }
        guard let context, !isEnded else {
            if isEnded { leave() }
            return
        }
        isClosing = true
        let channel = context.channel
        guard bytes.readableBytes > 0 else {
            context.close(promise: nil)
            return
        }
        let overdue = context.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in
            overdue.cancel()
            channel.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
    }

    package override func abort() {
        isClosing = true
        context?.close(promise: nil)
        if isEnded { leave() }
    }
}
