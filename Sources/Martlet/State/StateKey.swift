/// A place in the state, and what may stand there.
///
/// A key is usually a constant of the handler, with a part for each thing that it keeps state about:
///
/// ```swift
/// static let days = StateKey<Day>("days")
///
/// var day = try await context.state.get(Self.days[reading.station]) ?? Day()
/// day.add(reading)
/// try context.state.set(day, for: Self.days[reading.station])
/// ```
///
/// In the store the key is the worker's name (or ``WorkerConfiguration/stateRoot``), a slash and ``name``: all
/// replicas of a worker share it, and another worker has its own.
///
/// The schema says which form a value has. When the form changes, the schema is raised by one and `upgrade` reads
/// the older forms. A value of a newer schema than the key knows is an error
/// (``WorkerError/Code/stateSchemaNewer``), and is never overwritten.
public struct StateKey<Value: Sendable>: Sendable {
    /// The name below the worker's, with its parts: `days/station-7`.
    public let name: String
    /// Which form the values have that this program writes; from 1.
    public let schema: Int
    /// How long a value stays after it was set last; `nil` for ever.
    public let expiresIn: Duration?

    let encode: @Sendable (Value) throws -> [UInt8]
    let decode: @Sendable ([UInt8], Int) throws -> Value

    /// Makes a key with a codec.
    ///
    /// - Parameters:
    ///   - name: The name; not empty.
    ///   - codec: Turns values into bytes and back.
    ///   - schema: Which form the values have; from 1.
    ///   - expiresIn: How long a value stays after it was set last; `nil` for ever.
    ///   - upgrade: Reads the bytes of an older form, whose schema it gets; without one older forms are refused.
    public init(
        _ name: String,
        codec: some StateCodec<Value>,
        schema: Int = 1,
        expiresIn: Duration? = nil,
        upgrade: (@Sendable (_ bytes: [UInt8], _ schema: Int) throws -> Value)? = nil
    ) {
        precondition(!name.isEmpty, "A key of the state has a name")
        precondition(schema >= 1, "The schemas of a key are counted from 1")
        self.name = name
        self.schema = schema
        self.expiresIn = expiresIn
        self.encode = { try codec.encode($0) }
        self.decode = { bytes, found in
            if found == schema { return try codec.decode(bytes) }
            guard let upgrade else {
                throw WorkerError(.stateSchemaUnknown, "schema \(found) stands there, and the key has no upgrade")
            }
            return try upgrade(bytes, found)
        }
    }

    private init(_ name: String, like other: StateKey<Value>) {
        self.name = name
        self.schema = other.schema
        self.expiresIn = other.expiresIn
        self.encode = other.encode
        self.decode = other.decode
    }

    /// The place below this one.
    ///
    /// - Parameter part: What it is called; it is put behind a slash as it is.
    /// - Returns: The place, for values of the same kind.
    public subscript(part: String) -> StateKey<Value> {
        StateKey("\(name)/\(part)", like: self)
    }
}

extension StateKey where Value: Codable {
    /// Makes a key whose values are stored as JSON.
    ///
    /// - Parameters:
    ///   - name: The name; not empty.
    ///   - schema: Which form the values have; from 1.
    ///   - expiresIn: How long a value stays after it was set last; `nil` for ever.
    ///   - upgrade: Reads the bytes of an older form, whose schema it gets; without one older forms are refused.
    public init(
        _ name: String,
        schema: Int = 1,
        expiresIn: Duration? = nil,
        upgrade: (@Sendable (_ bytes: [UInt8], _ schema: Int) throws -> Value)? = nil
    ) {
        self.init(name, codec: JSONStateCodec(), schema: schema, expiresIn: expiresIn, upgrade: upgrade)
    }
}

extension StateKey where Value == [UInt8] {
    /// Makes a key whose values are bytes.
    ///
    /// - Parameters:
    ///   - name: The name; not empty.
    ///   - expiresIn: How long a value stays after it was set last; `nil` for ever.
    public init(bytesNamed name: String, expiresIn: Duration? = nil) {
        self.init(name, codec: BytesStateCodec(), expiresIn: expiresIn)
    }
}
