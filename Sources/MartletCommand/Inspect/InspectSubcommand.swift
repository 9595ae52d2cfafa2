import ArgumentParser
import ServiceLifecycle

/// A subcommand of `martlet inspect` that shows something, once or again and again.
protocol InspectSubcommand: AsyncParsableCommand, Sendable {
    /// Where it asks, and how it shows.
    var options: InspectOptions { get }

    /// Asks.
    func ask(_ client: AdminClient) async throws -> InspectOutput
}

extension InspectSubcommand {
    func run() async throws {
        let client = try options.client()
        guard let interval = options.watch else {
            Self.show(try await ask(client), options)
            return
        }
        let command = self
        try await SignalledRun<Void>.run(logger: LogLevel.error.logger(label: "martlet.inspect")) {
            try await command.watch(client, every: .seconds(interval))
        }
    }

    /// Asks again and again until the process is asked to stop; a broker that is away is waited for.
    private func watch(_ client: AdminClient, every interval: Duration) async throws {
        let isScreen = Terminal.standardOutput.isInteractive && !options.json
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let output = try await ask(client)
                if isScreen { Output.write(Array("\u{1B}[H\u{1B}[2J".utf8), to: 1) }
                Self.show(output, options)
            } catch let error as CommandFailure {
                Output.remark(error.message)
            }
            // Ends at once when the process is asked to stop.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
    }

    private static func show(_ output: InspectOutput, _ options: InspectOptions) {
        for line in options.json ? output.json : output.lines { Output.line(line) }
        if let remark = output.remark { Output.remark(remark) }
    }
}
