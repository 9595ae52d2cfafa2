/// Writes the help of a program from its settings.
struct SettingHelp {
    let name: String
    let summary: String
    let settings: [Setting]

    /// The help.
    var text: String {
        var lines: [String] = []
        if !summary.isEmpty { lines += [summary, ""] }
        lines += [
            "USAGE: \(name) [--setting value ...]", "",
            "A flag counts more than its environment variable, and that more than the key in the file of --config.",
            "Times are written as 500ms, 30s, 5m, 1h or 1d.", "", "SETTINGS:",
        ]
        for setting in settings {
            let standard = setting.standard.map { " (default: \($0))" } ?? ""
            // A secret has no flag: it would stand in the list of processes.
            lines.append(setting.isSecret ? "  \(setting.key)" : "  \(setting.flag) <\(setting.kind.placeholder)>")
            lines.append("      \(setting.summary)\(standard)")
            let isFile = setting == SettingSources.fileSetting
            lines.append("      \(setting.variable)\(isFile ? "" : "; key: \(setting.key)")")
        }
        lines += ["  --help, -h", "      Show this"]
        return lines.joined(separator: "\n") + "\n"
    }
}
