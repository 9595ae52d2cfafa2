import MQTTPackets
import NIOCore

extension BrokerEngine {
    /// Writes a PUBLISH into the output of a connection.
    ///
    /// - Returns: False when the packet would be larger than the client takes ([MQTT-3.1.2-24]).
    mutating func deliver(_ message: Int32, to connection: Int, _ delivery: Delivery) -> Bool {
        let slot = messages.slots[Int(message)]
        let isPlain = connections[connection].version == .v5 && slot.expiresAt == .max && delivery.identifiers < 0
        guard isPlain else { return deliverWithCare(slot, to: connection, delivery) }
        let remaining = Int(slot.bodyLength) - (delivery.qos == 0 ? 2 : 0)
        guard 1 + VariableByteInteger.size(UInt32(remaining)) + remaining <= connections[connection].maximumPacketSize
        else { return false }
        markDirty(connection)
        writeHeader(delivery, remaining: remaining, to: connection)
        let start = Int(slot.offset)
        let end = start + Int(slot.bodyLength)
        let chunk = Int(slot.chunk)
        if delivery.qos == 0 {
            let cut = start + slot.identifierOffset
            messages.write(start..<cut, of: chunk, to: &connections[connection].output)
            messages.write(cut + 2..<end, of: chunk, to: &connections[connection].output)
        } else {
            let at = connections[connection].output.writerIndex + slot.identifierOffset
            messages.write(start..<end, of: chunk, to: &connections[connection].output)
            connections[connection].output.setInteger(delivery.packetIdentifier, at: at)
        }
        statistics.publishesSent += 1
        return true
    }

    @inline(__always)
    private mutating func writeHeader(_ delivery: Delivery, remaining: Int, to connection: Int) {
        let first =
            0x30 | (delivery.isDuplicate ? 0x08 : 0) | (delivery.qos << 1) | (delivery.retain ? 0x01 : 0)
        if remaining < 128 {
            connections[connection].output.writeMultipleIntegers(first, UInt8(remaining))
        } else if remaining < 16_384 {
            connections[connection].output.writeMultipleIntegers(
                first,
                UInt8(truncatingIfNeeded: remaining) | 0x80,
                UInt8(truncatingIfNeeded: remaining >> 7)
            )
        } else {
            connections[connection].output.writeInteger(first)
            writeVariableByteInteger(remaining, to: connection)
        }
    }

    private mutating func writeVariableByteInteger(_ value: Int, to connection: Int) {
        var rest = value
        while rest >= 0x80 {
            connections[connection].output.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        connections[connection].output.writeInteger(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a PUBLISH that says what delivery it is.
    ///
    /// - Returns: As ``deliver(_:to:_:)``.
    mutating func deliver(_ message: Int32, to connection: Int, _ delivery: Delivery, _ facts: DeliveryFacts) -> Bool {
        deliverWithCare(messages.slots[Int(message)], to: connection, delivery, facts)
    }

    /// The copies that are not their body as it is kept: 3.1.1, an expiry to count down, subscription identifiers, delivery facts.
    private mutating func deliverWithCare(
        _ slot: MessageSlot,
        to connection: Int,
        _ delivery: Delivery,
        _ facts: DeliveryFacts? = nil
    ) -> Bool {
        var facts = facts
        let isFive = connections[connection].version == .v5
        let identifiers = isFive && delivery.identifiers >= 0 ? identifierSets[delivery.identifiers] : []
        let version = connections[connection].version
        var size = DeliverySize(of: slot, qos: delivery.qos, version: version, identifiers: identifiers, facts: facts)
        if size.packet > connections[connection].maximumPacketSize, facts?.history != nil {
            // The message is worth more than what became of it before.
            facts?.history = nil
            size = DeliverySize(of: slot, qos: delivery.qos, version: version, identifiers: identifiers, facts: facts)
        }
        guard size.packet <= connections[connection].maximumPacketSize, size.remaining <= DeliverySize.largest else {
            return false
        }
        markDirty(connection)
        writeHeader(delivery, remaining: size.remaining, to: connection)
        let start = Int(slot.offset)
        let chunk = Int(slot.chunk)
        messages.write(start..<start + slot.identifierOffset, of: chunk, to: &connections[connection].output)
        if delivery.qos > 0 { connections[connection].output.writeInteger(delivery.packetIdentifier) }
        if isFive {
            writeVariableByteInteger(size.properties, to: connection)
            if slot.expiresAt != .max {
                // Rounded up: what has not expired is never sent with nothing left.
                let left = UInt32(clamping: (max(0, slot.expiresAt - now.milliseconds) + 999) / 1000)
                connections[connection].output.writeInteger(UInt8(0x02))
                connections[connection].output.writeInteger(left)
            }
            for identifier in identifiers {
                connections[connection].output.writeInteger(UInt8(0x0B))
                writeVariableByteInteger(Int(identifier), to: connection)
            }
        }
        var from = start + (isFive ? slot.propertiesOffset : slot.payloadOffset)
        if let facts, isFive {
            // Behind the publisher's own properties: the last one of a name is the broker's.
            messages.write(from..<start + slot.payloadOffset, of: chunk, to: &connections[connection].output)
            facts.write(to: &connections[connection].output)
            from = start + slot.payloadOffset
        }
        messages.write(from..<start + Int(slot.bodyLength), of: chunk, to: &connections[connection].output)
        statistics.publishesSent += 1
        return true
    }
}
