#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Typed values: JSON with sorted keys, so that equal values are equal bytes.
extension StateStoreClient {
    /// How often ``edit(_:as:_:)`` begins again when somebody else changed the value meanwhile.
    private static let editAttempts = 64

    /// Reads a typed value.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value.
    /// - Returns: The value and its version; `nil` if the key is absent.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/encoding`` when the bytes are no such value.
    public func get<Value: Decodable>(
        _ key: StateStoreKey,
        as type: Value.Type
    ) async throws(StateStoreError) -> StateStoreValue<Value>? {
        guard let entry = try await self.get(key) else { return nil }
        return StateStoreValue(value: try Self.decode(entry.value, of: key), version: entry.version)
    }

    /// Writes a typed value.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    ///   - condition: What must hold for the write to be applied.
    ///   - expiresIn: After how long the key is deleted by itself; `nil` for never.
    ///   - fencingToken: The token that guards the key.
    /// - Returns: Whether it was applied, and the version.
    /// - Throws: ``StateStoreError``.
    @discardableResult
    public func set(
        _ key: StateStoreKey,
        encoding value: some Encodable,
        if condition: StateStoreCondition = .always,
        expiresIn: Duration? = nil,
        fencingToken: StateStoreVersion? = nil
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        let bytes = try Self.encode(value, of: key)
        return try await self.set(key, bytes, if: condition, expiresIn: expiresIn, fencingToken: fencingToken)
    }

    /// Reads a typed value, changes it and writes it if nobody else did meanwhile, again until that holds (extension).
    ///
    /// Against a store without the extension use ``Lock/edit(_:timeout:_:)``.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: The type of the value.
    ///   - change: Makes the new value of the present one, `nil` standing for an absent key; may be called several times.
    /// - Returns: What was written.
    /// - Throws: ``StateStoreError``, or what the closure throws.
    @discardableResult
    public func edit<Value: Codable>(
        _ key: StateStoreKey,
        as type: Value.Type,
        _ change: (Value?) throws -> Value
    ) async throws -> StateStoreValue<Value> {
        for _ in 0..<Self.editAttempts {
            let present = try await self.get(key, as: type)
            let value = try change(present?.value)
            let condition = present.map { StateStoreCondition.version($0.version) } ?? .absent
            if let version = try await self.set(key, encoding: value, if: condition).appliedVersion {
                return StateStoreValue(value: value, version: version)
            }
        }
        throw StateStoreError(.refused, "\(key) was changed by others \(Self.editAttempts) times while it was edited")
    }

    static func encode(_ value: some Encodable, of key: StateStoreKey) throws(StateStoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw StateStoreError(.encoding, "the value for \(key) can not be encoded", cause: error)
        }
    }

    static func decode<Value: Decodable>(_ bytes: [UInt8], of key: StateStoreKey) throws(StateStoreError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw StateStoreError(.encoding, "the value of \(key) is no \(Value.self)", cause: error)
        }
    }
}

extension StateStoreChange {
    /// The value decoded, where there is one.
    ///
    /// - Parameter type: The type of the value.
    /// - Returns: The value; `nil` if the key is gone.
    /// - Throws: ``StateStoreError`` with ``StateStoreError/Code/encoding``.
    public func decoded<Value: Decodable>(as type: Value.Type) throws(StateStoreError) -> Value? {
        guard let value = self.value else { return nil }
        return try StateStoreClient.decode(value, of: "the watched key")
    }
}
