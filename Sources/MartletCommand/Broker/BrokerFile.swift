import Foundation

/// The file of `martlet broker --config`: JSON, and no key that means nothing.
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
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read")
        }
        try self.init(bytes: bytes, path: path)
    }

    init(bytes: Data, path: String) throws {
        guard let object = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
            throw CommandFailure("\(path) is not a JSON object")
        }
        for key in object.keys.sorted() where !Self.keys.contains(key) {
            throw CommandFailure("\(path): there is no '\(key)'; there are: \(Self.keys.joined(separator: ", "))")
        }
        func value<Value>(_ key: String, _ what: String, _ type: Value.Type) throws -> Value? {
            guard let found = object[key] else { return nil }
            guard let value = found as? Value else { throw CommandFailure("\(path): '\(key)' is \(what)") }
            return value
        }
        self.bind = try value("bind", "a text", String.self)
        self.data = try value("data", "a text", String.self)
        self.inMemory = try value("inMemory", "true or false", Bool.self)
        self.port = try value("port", "a number", Int.self)
        guard port.map({ (0...65_535).contains($0) }) ?? true else {
            throw CommandFailure("\(path): 'port' is a number from 0 to 65535")
        }
        guard data == nil || inMemory != true else { throw CommandFailure("\(path): either 'data' or 'inMemory'") }
        if let name = try value("logLevel", "a text", String.self) {
            guard let level = LogLevel(rawValue: name) else {
                throw CommandFailure("\(path): there is no level '\(name)'")
            }
            self.logLevel = level
        }
        for (name, value) in (try value("limits", "an object", [String: Any].self) ?? [:]).sorted(by: {
            $0.key < $1.key
        }) {
            guard let number = value as? Int else {
                throw CommandFailure("\(path): the limit '\(name)' is a whole number")
            }
            limits.append((name, "\(number)"))
        }
    }
}
