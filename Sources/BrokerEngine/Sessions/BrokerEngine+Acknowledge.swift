import MQTTPackets

extension BrokerEngine {
    /// PUBACK from a client (MQTT 5.0 §4.3.2): whatever its reason, the delivery is done ([MQTT-4.4.0-2]).
    ///
    /// An identifier with nothing in flight is passed over: the message may have been handed to another member meanwhile.
    ///
    /// - Throws: 0x82 for a delivery of QoS 2.
    @inline(__always)
    mutating func acknowledge(_ identifier: UInt16, on connection: Int) throws(PacketError) {
        let session = connections[connection].session
        guard session >= 0 else { return }
        let at = Int(session)
        if identifier >= SharedWindow.firstIdentifier {
            guard let slot = sessions[at].shared.remove(identifier) else { return }
            guard !slot.isCommitted else {
                roomInSession(session)
                return
            }
            if connections[connection].isMartlet { forgetIdentity(of: slot, in: session) }
            groups[Int(slot.group)].inflight -= 1
            finish(slot.message, ofGroup: slot.group)
            if groups[Int(slot.group)].members.isEmpty { removeGroupIfDone(slot.group) }
        } else {
            guard let position = sessions[at].queue.position(of: identifier),
                sessions[at].queue[position].isInflight
            else { return }
            guard sessions[at].queue[position].qos != 2 else {
                throw PacketError(reasonCode: .protocolError, message: "PUBACK \(identifier) for a message of QoS 2")
            }
            guard !sessions[at].queue[position].isCommitted else {
                sessions[at].queue.close(position)
                sessions[at].ownInflight -= 1
                roomInSession(session)
                return
            }
            finish(position, of: session)
        }
        statistics.acknowledged += 1
        roomInSession(session)
    }
}
