public import MQTTClient
public import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decodes JSON documents.
///
/// Dates are numbers of seconds since 2001, and binary data is Base64, as `JSONDecoder` has it without being
/// told otherwise; a service that writes them in another way brings its own ``MessageCodec``.
public struct JSONMessageCodec<Message: Decodable>: MessageCodec {
    private let decoder = JSONDecoder()

    /// Makes the codec.
    public init() {}

    /// Decodes one document.
    ///
    /// - Parameters:
    ///   - payload: The document in UTF-8.
    ///   - properties: What travelled with it; not looked at.
    /// - Returns: The message.
    /// - Throws: `DecodingError` when the payload is not a JSON document of the message's form.
    public func decode(_ payload: ByteBuffer, properties: MQTTMessageProperties) throws -> Message {
        try decoder.decode(Message.self, from: Data(payload.readableBytesView))
    }
}
