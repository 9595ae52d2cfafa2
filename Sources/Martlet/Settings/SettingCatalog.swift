/// All settings of a program, and the rule that any other is an error.
struct SettingCatalog: Sendable {
    /// The settings in the order of the help.
    let settings: [Setting]
    private let byFlag: [String: Setting]
    private let byVariable: [String: Setting]
    private let byKey: [String: Setting]

    /// Makes a catalog.
    ///
    /// - Parameter settings: The settings.
    /// - Throws: ``WorkerError`` when two have the same name.
    init(_ settings: [Setting]) throws(WorkerError) {
        var byFlag: [String: Setting] = [:]
        for setting in settings {
            guard byFlag.updateValue(setting, forKey: setting.flag) == nil, setting.flag != "--help" else {
                throw WorkerError(.invalidConfiguration, "the setting \(setting.flag) is declared twice")
            }
        }
        self.settings = settings
        self.byFlag = byFlag
        self.byVariable = Dictionary(uniqueKeysWithValues: settings.map { ($0.variable, $0) })
        self.byKey = Dictionary(uniqueKeysWithValues: settings.map { ($0.key, $0) })
    }

    /// Finds the setting of a flag.
    ///
    /// - Parameter flag: The flag with its two dashes.
    /// - Returns: The setting.
    /// - Throws: ``WorkerError`` with a suggestion when there is none.
    func setting(flag: String) throws(WorkerError) -> Setting {
        if let setting = byFlag[flag] { return setting }
        throw unknown("flag", flag, meant: Suggestion.nearest(to: flag, among: Array(byFlag.keys) + ["--help"]))
    }

    /// Finds the setting of an environment variable.
    ///
    /// - Parameter variable: The whole name.
    /// - Returns: The setting; `nil` for a variable that nobody could have meant for the worker.
    /// - Throws: ``WorkerError`` with a suggestion when there is none, and one that is much like it.
    func setting(variable: String) throws(WorkerError) -> Setting? {
        if let setting = byVariable[variable] { return setting }
        // All begin alike: what is behind that has to be near.
        let prefix = Setting.variablePrefix
        let names = byVariable.keys.map { String($0.dropFirst(prefix.count)) }
        guard let meant = Suggestion.nearest(to: String(variable.dropFirst(prefix.count)), among: names) else {
            return nil
        }
        throw unknown("environment variable", variable, meant: prefix + meant)
    }

    /// Finds the setting of a key in a file.
    ///
    /// - Parameters:
    ///   - key: The words joined by points.
    ///   - file: The file's path.
    /// - Returns: The setting.
    /// - Throws: ``WorkerError`` with a suggestion when there is none.
    func setting(key: String, file: String) throws(WorkerError) -> Setting {
        if let setting = byKey[key] { return setting }
        throw unknown("key in \(file):", key, meant: Suggestion.nearest(to: key, among: Array(byKey.keys)))
    }

    private func unknown(_ what: String, _ name: String, meant: String?) -> WorkerError {
        let suggestion = meant.map { "; did you mean \($0)?" } ?? ""
        return WorkerError(.unknownSetting, "unknown \(what) \(name)\(suggestion)")
    }
}
