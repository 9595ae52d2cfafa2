import Journal
import NIOCore

/// The messages the engine keeps, each once, however many receivers wait for it.
///
/// Bodies lie in chunks that are reused when their last message is gone, so that a message that passes through costs no allocation.
struct MessageStore {
    /// Bytes of an ordinary chunk; a larger body gets a chunk of its own.
    static let chunkSize = 64 << 10
    /// Empty chunks kept for reuse; more are given back to the system.
    static let spareChunks = 64

    var slots: [MessageSlot] = []
    /// Now, in seconds of the engine's clock: when what is put in arrived.
    var seconds: UInt32 = 0
    private(set) var chunks: [MessageChunk] = []
    /// Bytes of all bodies kept.
    private(set) var storedBytes = 0
    /// Messages kept.
    private(set) var count = 0
    private var freeSlot: Int32 = -1
    private var freeChunks: [Int32] = []
    private var unusedChunks: [Int32] = []
    private var current: Int32 = -1

    /// Makes a message of its parts, with no reference yet; the parts are ranges of `bytes`.
    ///
    /// - Parameters:
    ///   - sequence: The message's identity.
    ///   - bytes: What the parts are ranges of.
    ///   - parts: Topic, properties and payload.
    /// - Returns: The handle of the message.
    mutating func insert(sequence: UInt64, bytes: Span<UInt8>, parts: MessageParts) -> Int32 {
        let propertiesLength = parts.propertiesLength
        var slot = MessageSlot()
        slot.sequence = sequence
        slot.expiresAt = parts.expiresAt
        slot.propertiesLength = Int32(propertiesLength)
        slot.topicLength = UInt16(parts.topic.count)
        slot.qos = parts.qos
        slot.arrived = seconds
        let length = slot.payloadOffset + parts.payload.count
        slot.bodyLength = Int32(length)
        slot.chunk = chunk(withRoomFor: length)
        slot.offset = Int32(chunks[Int(slot.chunk)].bytes.count)
        chunks[Int(slot.chunk)].append(bytes: bytes, parts: parts)
        return place(slot)
    }

    /// Puts back a message whose body was read from the journal.
    ///
    /// - Parameters:
    ///   - slot: What is known of it; chunk and offset are set here.
    ///   - body: Its body.
    /// - Returns: The handle of the message.
    mutating func restore(_ slot: MessageSlot, body: Span<UInt8>) -> Int32 {
        var slot = slot
        slot.chunk = chunk(withRoomFor: body.count)
        slot.offset = Int32(chunks[Int(slot.chunk)].bytes.count)
        chunks[Int(slot.chunk)].append(body: body)
        return place(slot)
    }

    /// Makes a message with the same body as another one.
    mutating func duplicate(_ handle: Int32, sequence: UInt64) -> Int32 {
        var slot = slots[Int(handle)]
        slot.sequence = sequence
        slot.references = 0
        slot.groupReferences = 0
        slot.fact = FactPlace()
        slot.isOwn = true
        slot.isRefused = false
        slot.isInCommit = false
        slot.hasAttempts = false
        slot.arrived = seconds
        let body = Array(chunks[Int(slot.chunk)].bytes[bodyRange(handle)])
        return restore(slot, body: body.span)
    }

    private mutating func place(_ slot: MessageSlot) -> Int32 {
        storedBytes += Int(slot.bodyLength)
        count += 1
        guard freeSlot >= 0 else {
            slots.append(slot)
            return Int32(slots.count - 1)
        }
        let handle = freeSlot
        freeSlot = slots[Int(handle)].chunk
        slots[Int(handle)] = slot
        return handle
    }

    /// One receiver more needs the message.
    @inline(__always)
    mutating func retain(_ handle: Int32) {
        slots[Int(handle)].references += 1
    }

    /// One receiver fewer needs the message; true when it was the last, and the caller must ``remove(_:)`` it.
    @inline(__always)
    mutating func release(_ handle: Int32) -> Bool {
        slots[Int(handle)].references -= 1
        assert(slots[Int(handle)].references >= 0, "a message was released more often than it was retained")
        return slots[Int(handle)].references == 0
    }

    /// Frees a message that nobody needs.
    mutating func remove(_ handle: Int32) {
        let chunk = slots[Int(handle)].chunk
        storedBytes -= Int(slots[Int(handle)].bodyLength)
        count -= 1
        slots[Int(handle)] = MessageSlot()
        slots[Int(handle)].chunk = freeSlot
        freeSlot = handle
        chunks[Int(chunk)].live -= 1
        if chunks[Int(chunk)].live == 0 { recycle(chunk) }
    }

    private mutating func recycle(_ chunk: Int32) {
        if chunk == current {
            chunks[Int(chunk)].bytes.removeAll(keepingCapacity: true)
        } else if chunks[Int(chunk)].bytes.capacity <= 2 * Self.chunkSize, freeChunks.count < Self.spareChunks {
            chunks[Int(chunk)].bytes.removeAll(keepingCapacity: true)
            freeChunks.append(chunk)
        } else {
            chunks[Int(chunk)].bytes = []
            unusedChunks.append(chunk)
        }
    }

    private mutating func chunk(withRoomFor length: Int) -> Int32 {
        if current >= 0, chunks[Int(current)].bytes.count + length <= Self.chunkSize {
            chunks[Int(current)].live += 1
            return current
        }
        if length > Self.chunkSize {
            let chunk = unusedChunk(capacity: length)
            chunks[Int(chunk)].live = 1
            return chunk
        }
        let previous = current
        current = freeChunks.popLast() ?? unusedChunk(capacity: Self.chunkSize)
        chunks[Int(current)].live = 1
        if previous >= 0, chunks[Int(previous)].live == 0 { recycle(previous) }
        return current
    }

    private mutating func unusedChunk(capacity: Int) -> Int32 {
        let chunk: Int32
        if let unused = unusedChunks.popLast() {
            chunk = unused
        } else {
            chunks.append(MessageChunk())
            chunk = Int32(chunks.count - 1)
        }
        chunks[Int(chunk)].bytes.reserveCapacity(capacity)
        return chunk
    }

    /// Writes a stretch of a chunk into a buffer.
    @inline(__always)
    func write(_ range: Range<Int>, of chunk: Int, to buffer: inout ByteBuffer) {
        // Safe because the slice is checked against the chunk, and read only inside the closure.
        chunks[chunk].bytes.withUnsafeBytes { bytes in
            _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    /// Writes a PUBLISH of MQTT 5 in one go: its header, the body as it is kept, and the packet identifier in its place.
    ///
    /// - Parameters:
    ///   - slot: The message.
    ///   - delivery: How it goes out.
    ///   - remaining: The remaining length of the packet.
    ///   - buffer: The output.
    @inline(__always)
    func write(_ slot: MessageSlot, as delivery: Delivery, remaining: Int, to buffer: inout ByteBuffer) {
        let start = Int(slot.offset)
        let range = start..<start + Int(slot.bodyLength)
        let cut = slot.identifierOffset
        // Safe because the pointers are used only inside the closures, the body lies in its chunk, and the room is asked for: at most
        // five bytes of header and as many as remain.
        chunks[Int(slot.chunk)].bytes.withUnsafeBytes { bytes in
            let body = UnsafeRawBufferPointer(rebasing: bytes[range])
            _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 5 + remaining) { room in
                room[0] = delivery.firstByte
                var at = 1
                var rest = remaining
                while rest >= 0x80 {
                    room[at] = UInt8(truncatingIfNeeded: rest) | 0x80
                    rest >>= 7
                    at += 1
                }
                room[at] = UInt8(truncatingIfNeeded: rest)
                at += 1
                let end = at + remaining
                guard delivery.qos == 0 else {
                    // Safe because of the room that was asked for.
                    UnsafeMutableRawBufferPointer(rebasing: room[at..<end]).copyMemory(from: body)
                    room[at + cut] = UInt8(truncatingIfNeeded: delivery.packetIdentifier >> 8)
                    room[at + cut + 1] = UInt8(truncatingIfNeeded: delivery.packetIdentifier)
                    return end
                }
                // Safe because of the room that was asked for. The two bytes of the identifier are left out.
                UnsafeMutableRawBufferPointer(rebasing: room[at..<at + cut])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: body[..<cut]))
                UnsafeMutableRawBufferPointer(rebasing: room[at + cut..<end])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: body[(cut + 2)...]))
                return end
            }
        }
    }

    /// Appends the body of a message to a record.
    func appendBody(of handle: Int32, to writer: inout PageWriter) {
        let range = bodyRange(handle)
        // Safe because the slice is checked against the chunk, and read only inside the closure.
        chunks[Int(slots[Int(handle)].chunk)].bytes.withUnsafeBufferPointer { bytes in
            writer.append(bytes: Span(_unsafeElements: UnsafeBufferPointer(rebasing: bytes[range])))
        }
    }

    /// Where the body of a message lies in its chunk.
    func bodyRange(_ handle: Int32) -> Range<Int> {
        let start = Int(slots[Int(handle)].offset)
        return start..<start + Int(slots[Int(handle)].bodyLength)
    }

    /// Lends the topic of a message.
    func withTopic<Result>(of slot: MessageSlot, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = Int(slot.offset) + 2
        let bytes = chunks[Int(slot.chunk)].bytes
        return body(bytes.span.extracting(start..<start + Int(slot.topicLength)))
    }

    /// The topic of a message, copied; for rare paths only.
    func topic(of handle: Int32) -> [UInt8] {
        let slot = slots[Int(handle)]
        let start = Int(slot.offset) + 2
        return Array(chunks[Int(slot.chunk)].bytes[start..<start + Int(slot.topicLength)])
    }
}
