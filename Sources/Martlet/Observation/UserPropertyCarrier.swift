import MQTTClient
import Tracing

/// Carries a trace through the user properties of messages: `traceparent` and whatever else the tracer in use
/// reads and writes.
struct UserPropertyCarrier: Extractor, Injector {
    /// The properties of W3C Trace Context.
    private static let standard = ["traceparent", "tracestate"]

    /// Reads a property.
    ///
    /// - Parameters:
    ///   - key: The property's name.
    ///   - carrier: The properties of a message.
    /// - Returns: The value of the first property of that name.
    func extract(key: String, from carrier: [MQTTUserProperty]) -> String? {
        carrier.first { $0.name == key }?.value
    }

    /// Writes a property, in the place of others of that name.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: The property's name.
    ///   - carrier: The properties of a message.
    func inject(_ value: String, forKey key: String, into carrier: inout [MQTTUserProperty]) {
        carrier.removeAll { $0.name == key }
        carrier.append(MQTTUserProperty(key, value))
    }

    /// Marks a message that a handler publishes as caused by the one that it handles.
    ///
    /// Where no tracer runs, the trace of the handled message is passed on as it came, so that a trace does not
    /// end at a service that does not trace.
    ///
    /// - Parameters:
    ///   - message: The message to be published; a `traceparent` that it has already is left alone.
    ///   - cause: The properties of the handled message.
    ///   - tracer: The tracer in use.
    func mark(_ message: inout MQTTMessage, causedBy cause: [MQTTUserProperty], tracer: any Instrument) {
        guard extract(key: "traceparent", from: message.properties.userProperties) == nil else { return }
        if let context = ServiceContext.current {
            tracer.inject(context, into: &message.properties.userProperties, using: self)
        }
        guard extract(key: "traceparent", from: message.properties.userProperties) == nil else { return }
        for name in Self.standard {
            if let value = extract(key: name, from: cause) {
                inject(value, forKey: name, into: &message.properties.userProperties)
            }
        }
    }
}
