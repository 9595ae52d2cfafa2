/// The table of packets: bytes, the version and way they go, and what has to come of them.
///
/// One truth for the codec's tests, the broker's tests and the seeds of the fuzzer. The bytes are written by hand in the
/// notation of ``PacketNotation`` and not by the encoder, so that codec and table cannot be wrong together.
package enum PacketCases {
    /// Every case there is.
    package static let all: [PacketCase] = [
        fixedHeader, text, property, connect, connectErrors, will, connack, publish, publishErrors, acknowledgement,
        subscribe, suback, unsubscribe, closing,
    ].flatMap { $0 }

    /// The cases in which a packet comes out.
    package static let good: [PacketCase] = all.filter { $0.packet != nil }

    /// The cases in which an error comes out.
    package static let bad: [PacketCase] = all.filter { $0.reasonCode != nil }
}
