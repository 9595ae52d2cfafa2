import MQTTPackets
import NIOCore

extension BrokerEngine {
    /// Writes a PUBLISH into the output of a connection.
    ///
    /// - Returns: False when the packet would be larger than the client takes ([MQTT-3.1.2-24]).
    mutating func deliver(_ message: Int32, to connection: Int, _ delivery: Delivery) -> Bool {
        let slot = messages.slots[Int(message)]
        let isPlain = connections[connection].takesPlain && slot.expiresAt == .max && delivery.identifiers < 0
        guard isPlain else { return deliverWithCare(slot, to: connection, delivery) }
        let remaining = Int(slot.bodyLength) - (delivery.qos == 0 ? 2 : 0)
        guard 1 + VariableByteInteger.size(UInt32(remaining)) + remaining <= connections[connection].maximumPacketSize
        else { return false }
        markDirty(connection)
        messages.write(slot, as: delivery, remaining: remaining, to: &connections[connection].output)
        statistics.publishesSent += 1
        return true
    }

    @inline(__always)
    private mutating func writeHeader(_ delivery: Delivery, remaining: Int, to connection: Int) {
        let first = delivery.firstByte
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
        let most = connections[connection].maximumPacketSize
        var alias = chooseAlias(slot, for: connection)
        var size = DeliverySize(
            of: slot,
            qos: delivery.qos,
            version: version,
            identifiers: identifiers,
            facts: facts,
            alias: alias
        )
        if case .give = alias, size.packet > most {
            // Three bytes less may fit.
            alias = .none
            size = DeliverySize(of: slot, qos: delivery.qos, version: version, identifiers: identifiers, facts: facts)
        }
        if size.packet > most, facts?.history != nil {
            // The message is worth more than what became of it before.
            facts?.history = nil
            size = DeliverySize(of: slot, qos: delivery.qos, version: version, identifiers: identifiers, facts: facts)
        }
        guard size.packet <= most, size.remaining <= DeliverySize.largest else { return false }
        markDirty(connection)
        writeHeader(delivery, remaining: size.remaining, to: connection)
        let start = Int(slot.offset)
        let chunk = Int(slot.chunk)
        if case .use = alias {
            connections[connection].output.writeInteger(UInt16(0))
        } else {
            messages.write(start..<start + slot.identifierOffset, of: chunk, to: &connections[connection].output)
        }
        if delivery.qos > 0 { connections[connection].output.writeInteger(delivery.packetIdentifier) }
        if isFive { writeOwnProperties(size, alias, slot, identifiers, to: connection) }
        var from = start + (isFive ? slot.propertiesOffset : slot.payloadOffset)
        if let facts, isFive {
            // Behind the publisher's own properties: the last one of a name is the broker's.
            messages.write(from..<start + slot.payloadOffset, of: chunk, to: &connections[connection].output)
            facts.write(to: &connections[connection].output)
            from = start + slot.payloadOffset
        }
        messages.write(from..<start + Int(slot.bodyLength), of: chunk, to: &connections[connection].output)
        wrote(alias, slot, to: connection)
        statistics.publishesSent += 1
        return true
    }

    /// Writes the length of the properties, and those that stand before the publisher's.
    private mutating func writeOwnProperties(
        _ size: DeliverySize,
        _ alias: OutgoingAliases.Choice,
        _ slot: MessageSlot,
        _ identifiers: [UInt32],
        to connection: Int
    ) {
        writeVariableByteInteger(size.properties, to: connection)
        if let alias = alias.alias { connections[connection].output.writeMultipleIntegers(UInt8(0x23), alias) }
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
}
