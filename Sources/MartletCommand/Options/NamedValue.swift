import ArgumentParser
import MQTTClient

/// A user property as it is written on the command line: `name=value`.
struct NamedValue: ExpressibleByArgument {
    var property: MQTTUserProperty

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        self.property = MQTTUserProperty(
            String(argument[..<equals]),
            String(argument[argument.index(after: equals)...])
        )
    }
}
