import ArgumentParser
import MartletBroker

/// A limit as it is written on the command line: `sessions=500`.
struct LimitArgument: ExpressibleByArgument {
    var name: String
    var value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        self.name = parts[0]
        self.value = parts[1]
        var limits = BrokerLimits()
        guard (try? LimitTable.set(name, to: value, in: &limits)) != nil else { return nil }
    }
}
