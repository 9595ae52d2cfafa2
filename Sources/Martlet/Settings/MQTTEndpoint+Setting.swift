import MQTTClient

extension MQTTEndpoint {
    /// Reads where a broker is.
    ///
    /// - Parameter text: What ``init(url:)`` takes.
    /// - Returns: The endpoint.
    /// - Throws: ``WorkerError`` when it is no such thing.
    static func parse(setting text: String) throws(WorkerError) -> MQTTEndpoint {
        do throws(MQTTClientError) {
            return try MQTTEndpoint(url: text)
        } catch {
            throw WorkerError(.invalidSetting, error.message)
        }
    }
}
