import Martlet

/// The file of `martlet broker --config`: JSON or YAML, and no key that means nothing.
struct BrokerFile {
    var bind: String?
    var port: Int?
    var data: String?
    var inMemory: Bool?
    var logLevel: LogLevel?
    /// Names and values of limits, sorted by name.
    var limits: [(name: String, value: String)] = []

    private static let keys = ["bind", "port", "data", "inMemory", "logLevel", "limits"]

    /// A file that says nothing.
    init() {}

    /// Reads the file.
    ///
    /// - Throws: `CommandFailure` that names the file and what is wrong with it.
    init(path: String) throws {
        do {
            let document = try SettingDocument(path: path)
            guard case .object(let members) = document else { throw CommandFailure("\(path) is no object") }
            try self.init(members, path: path)
        } catch let error as WorkerError {
            throw CommandFailure(error.cause.map { "\(error.message): \($0)" } ?? error.message)
        }
    }

    private init(_ members: [String: SettingDocument], path: String) throws {
        for key in members.keys.sorted() where !Self.keys.contains(key) {
            throw CommandFailure("\(path): \(CommandFailure.unknown("'\(key)'", key, among: Self.keys))")
        }
        func value<Value>(_ key: String, _ what: String, _ read: (String) -> Value?) throws -> Value? {
            guard let found = members[key] else { return nil }
            guard case .leaf(let text) = found, let value = read(text) else {
                throw CommandFailure("\(path): '\(key)' is \(what)")
            }
            return value
        }
        self.bind = try value("bind", "a text") { $0 }
        self.data = try value("data", "a text") { $0 }
        self.inMemory = try value("inMemory", "true or false") { Bool($0) }
        self.port = try value("port", "a number from 0 to 65535") { UInt16($0).map(Int.init) }
        guard data == nil || inMemory != true else { throw CommandFailure("\(path): either 'data' or 'inMemory'") }
        let levels = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
        self.logLevel = try value("logLevel", "one of \(levels)") { LogLevel(rawValue: $0) }
        switch members["limits"] {
        case .object(let object):
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                guard case .leaf(let text) = value, Int(text) != nil else {
                    throw CommandFailure("\(path): the limit '\(name)' is a whole number")
                }
                limits.append((name, text))
            }
        case .leaf: throw CommandFailure("\(path): 'limits' is an object")
        case nil: break
        }
    }
}
