import MQTTPackets
import NIOCore

/// Cuts what is read into packets, many a read, and hands them on by the burst.
final class ClientChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let number: UInt64
    private let receiver: any ClientConnectionReceiver
    private var decoder: PacketDecoder
    private var pending = ByteBuffer()
    private var isOpen = false
    private var hasFailed = false
    private var cause: (any Error)?

    init(number: UInt64, limits: PacketLimits, receiver: any ClientConnectionReceiver) {
        self.number = number
        self.receiver = receiver
        self.decoder = PacketDecoder(version: .v5, limits: limits, direction: .toClient)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Behind TLS and WebSocket the channel has long been active.
        if context.channel.isActive { self.open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.open(context)
    }

    private func open(_ context: ChannelHandlerContext) {
        guard !self.isOpen else { return }
        self.isOpen = true
        self.receiver.opened(ClientConnection(channel: context.channel, number: self.number))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasFailed else { return }
        var buffer = self.unwrapInboundIn(data)
        if self.pending.readableBytes == 0 {
            self.pending = buffer
        } else {
            self.pending.writeBuffer(&buffer)
        }
        var packets: [Packet] = []
        var failure: PacketError?
        do throws(PacketError) {
            while let packet = try self.decoder.decode(&self.pending) {
                packets.append(packet)
            }
        } catch {
            failure = error
        }
        self.keepRest()
        if !packets.isEmpty { self.receiver.received(packets, on: self.number) }
        if let failure {
            self.hasFailed = true
            self.pending = ByteBuffer()
            self.receiver.failed(failure, on: self.number)
        }
    }

    /// Copies the beginning of a packet that is not whole, so that adding to it does not copy what payloads still share.
    private func keepRest() {
        guard self.pending.readerIndex > 0 else { return }
        let isEmpty = self.pending.readableBytes == 0
        self.pending = isEmpty ? ByteBuffer() : ByteBuffer(bytes: self.pending.readableBytesView)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.receiver.readBurstEnded(on: self.number)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.receiver.becameWritable(on: self.number) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.receiver.closed(self.cause, on: self.number)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.cause == nil { self.cause = TLSFailure.alert(error) ?? error }
        context.close(promise: nil)
    }
}
