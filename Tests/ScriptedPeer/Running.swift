package import Logging
package import MQTTClient

/// Runs a client beside a test, and gives the test what `run()` ended with.
///
/// - Parameters:
///   - configuration: What the client is told.
///   - closing: Whether it is closed behind the test; `false` for a client that has to end by itself.
///   - body: The test.
/// - Returns: How `run()` ended; the client is closed, keeping its session, if the test did not end it.
/// - Throws: What the test throws.
@discardableResult
package func withClient(
    _ configuration: MQTTClientConfiguration,
    closing: Bool = true,
    _ body: (MQTTClient) async throws -> Void
) async throws -> (any Error)? {
    let client = MQTTClient(
        configuration: configuration,
        logger: .silent
    )
    let run = Task { () -> (any Error)? in
        do {
            try await client.run()
            return nil
        } catch {
            return error
        }
    }
    do {
        try await body(client)
    } catch {
        run.cancel()
        _ = await run.value
        throw error
    }
    if closing { await client.close(endingSession: false) }
    return await run.value
}

extension MQTTClientConfiguration {
    /// A configuration for tests: quick to come back.
    package static func testing(_ endpoint: MQTTEndpoint, _ identifier: String = "test") -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: identifier)
        configuration.backoff = MQTTBackoff(base: .milliseconds(1), cap: .milliseconds(10))
        configuration.closeTimeout = .milliseconds(200)
        return configuration
    }
}

extension Logger {
    /// A logger that says nothing.
    package static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
