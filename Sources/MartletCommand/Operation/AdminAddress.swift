import ArgumentParser

/// Where the admin API is served: `HOST:PORT`, or a port of 127.0.0.1.
struct AdminAddress: ExpressibleByArgument, Equatable {
    var host: String
    var port: Int

    init?(argument: String) {
        let colon = argument.lastIndex(of: ":")
        let digits = colon.map { argument[argument.index(after: $0)...] } ?? argument[...]
        guard let port = Int(digits), (0...65_535).contains(port) else { return nil }
        var host = colon.map { String(argument[..<$0]) } ?? "127.0.0.1"
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        (self.host, self.port) = (host, port)
    }
}
