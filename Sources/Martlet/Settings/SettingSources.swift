import Configuration

/// What a program was told, from the strongest source to the weakest: flags, environment variables, the file.
struct SettingSources: Sendable {
    /// The values of each source, by key.
    private(set) var flags: [String: SettingValue] = [:]
    private(set) var variables: [String: SettingValue] = [:]
    private(set) var file: [String: SettingValue] = [:]
    /// Whether the flags ask for the help and nothing else.
    private(set) var asksForHelp = false
    /// Variables that look like settings and are none: of other programs, or of Kubernetes for a service of that name.
    private(set) var unknownVariables: [String] = []
    private let catalog: SettingCatalog

    /// The setting that names the file; it can not stand in the file.
    static let fileSetting = Setting("config", .text, "Read more settings from this file, JSON or YAML")

    /// Reads everything that a program was told, and checks each name and value.
    ///
    /// - Parameters:
    ///   - catalog: The settings that there are.
    ///   - arguments: The arguments of the program, without its name.
    ///   - environment: The environment variables.
    /// - Throws: ``WorkerError`` that names what is unknown or has a value of another kind.
    init(
        catalog: SettingCatalog,
        arguments: [String],
        environment: [String: String]
    ) throws(WorkerError) {
        self.catalog = catalog
        try readFlags(arguments)
        if asksForHelp { return }
        for name in environment.keys.sorted() where name.hasPrefix(Setting.variablePrefix) {
            guard let setting = try catalog.setting(variable: name) else {
                unknownVariables.append(name)
                continue
            }
            variables[setting.key] = try Self.value(environment[name] ?? "", of: setting, from: name)
        }
        let path = flags[Self.fileSetting.key] ?? variables[Self.fileSetting.key]
        if case .text(let path) = path { try readFile(path) }
    }

    /// A reader over the sources, the strongest first.
    var reader: ConfigReader {
        ConfigReader(providers: [
            provider("flags", flags), provider("environment", variables), provider("file", file),
        ])
    }

    private func provider(_ name: String, _ values: [String: SettingValue]) -> InMemoryProvider {
        let secrets = Set(catalog.settings.filter(\.isSecret).map(\.key))
        let pairs = values.map { key, value in
            (
                AbsoluteConfigKey(key.split(separator: ".").map(String.init)),
                value.configValue(isSecret: secrets.contains(key))
            )
        }
        return InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: pairs))
    }

    private mutating func readFlags(_ arguments: [String]) throws(WorkerError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--help" || argument == "-h" {
                asksForHelp = true
                return
            }
            guard argument.hasPrefix("--") else {
                throw WorkerError(.unknownSetting, "unexpected argument '\(argument)'; give --name value")
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let setting = try catalog.setting(flag: parts[0])
            guard !setting.isSecret else {
                throw WorkerError(
                    .invalidSetting,
                    "\(setting.flag) would show the secret in the list of processes: set \(setting.variable)"
                )
            }
            guard flags[setting.key] == nil else {
                throw WorkerError(.invalidSetting, "\(setting.flag) is given twice")
            }
            flags[setting.key] = try Self.value(
                try Self.text(of: setting, parts: parts, rest: &rest),
                of: setting,
                from: setting.flag
            )
        }
    }

    /// The value behind the flag: after `=`, or the next argument; a toggle alone is `true`.
    private static func text(
        of setting: Setting,
        parts: [String],
        rest: inout ArraySlice<String>
    ) throws(WorkerError) -> String {
        if parts.count == 2 { return parts[1] }
        if setting.kind.isToggle {
            if let next = rest.first, Bool(next) != nil {
                rest.removeFirst()
                return next
            }
            return "true"
        }
        guard let next = rest.first, !next.hasPrefix("--") else {
            throw WorkerError(.invalidSetting, "\(setting.flag) needs \(setting.kind.demand)")
        }
        rest.removeFirst()
        return next
    }

    private static func value(
        _ text: String,
        of setting: Setting,
        from source: String
    ) throws(WorkerError) -> SettingValue {
        if let value = setting.kind.value(text) { return value }
        let shown = setting.isSecret ? "the value given" : "'\(text)'"
        throw WorkerError(.invalidSetting, "\(source) needs \(setting.kind.demand), not \(shown)")
    }

    private mutating func readFile(_ path: String) throws(WorkerError) {
        guard case .object(let object) = try SettingDocument(path: path) else { return }
        try read(object, below: "", path: path)
    }

    private mutating func read(
        _ object: [String: SettingDocument],
        below prefix: String,
        path: String
    ) throws(WorkerError) {
        for name in object.keys.sorted() {
            let key = prefix + name
            switch object[name] {
            case .object(let inner):
                try read(inner, below: key + ".", path: path)
            case .leaf(let text):
                let setting = try catalog.setting(key: key, file: path)
                guard setting != Self.fileSetting else {
                    throw WorkerError(.invalidSetting, "\(path) can not name another file")
                }
                file[key] = try Self.value(text, of: setting, from: "\(key) in \(path)")
            case nil: continue
            }
        }
    }
}
