/// Metrics as text (Prometheus exposition format, version 0.0.4).
struct PrometheusText {
    /// What the response says that it is.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The type of a metric.
    enum Kind: String {
        case counter, gauge
    }

    /// One value with its labels.
    struct Sample {
        var labels: [(name: String, value: String)] = []
        var value: Double
    }

    private(set) var text = ""

    /// Appends a metric with all of its values.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - kind: Its type.
    ///   - help: What it means.
    ///   - samples: Its values; none leaves the metric out.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(Self.escapedHelp(help))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escapedLabel($0.value))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(Self.number(sample.value))\n"
        }
    }

    /// Appends a metric with one value.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [Sample(value: value)])
    }

    /// In a help text a backslash and the end of a line are escaped.
    static func escapedHelp(_ text: String) -> String {
        escaped(text, quotes: false)
    }

    /// In the value of a label quotes are escaped too.
    static func escapedLabel(_ text: String) -> String {
        escaped(text, quotes: true)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A number as the format reads it; whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
