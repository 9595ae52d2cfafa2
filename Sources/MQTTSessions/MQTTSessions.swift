/// The state machines of MQTT sessions that both ends share.
///
/// Everything here is a value that is told what happened (and, where it matters, when, as a `Duration` since some start)
/// and answers what follows: no clock, no randomness, no task, no socket.
///
/// - ``PacketIdentifiers``: which identifiers are in flight, and which is next.
/// - ``OutgoingWindow``: what was sent and is not acknowledged, in the order in which it must be sent again.
/// - ``OrderedAcknowledgements``: acknowledgements leave in the order of arrival, whatever order the work ends in.
/// - ``IncomingHandshakes``: which messages of QoS 2 came and are not released, so that none is handed over twice.
/// - ``KeepAlive``: when to ping and when to give up.
/// - ``Backoff``: how long to wait before the next attempt.
package enum MQTTSessions {}
