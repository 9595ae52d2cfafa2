import Logging
import SQLiteCheckpoint
import StateStoreClient
import Synchronization

/// Which replicas share the state: a name each in the store, so that a store that is lost is not begun anew without those that know it.
extension StateLedger {
    /// What bounds it.
    enum ReplicaLimits {
        /// How long a replica that is away is remembered.
        static let memory = Duration.seconds(7 * 86_400)
        /// How often a replica that is there says so again.
        static let refresh = Duration.seconds(86_400)
        /// The most names that are remembered; past it the others are not waited for.
        static let names = 1024
    }

    private static let replicas = ".replicas/"
    private static let replicasNote = "replicas"

    /// The name of a replica that a key stands for; `nil` for any other key.
    ///
    /// - Parameter key: The key without the root.
    /// - Returns: The name.
    static func replica(_ key: String) -> String? {
        key.hasPrefix(replicas) ? String(key.dropFirst(replicas.count)) : nil
    }

    /// The replicas that are known, this one included.
    var knownReplicas: Set<String> {
        knownNames.withLock { names in
            if names == nil { names = rememberedReplicas() }
            return names ?? [replica]
        }
    }

    private func rememberedReplicas() -> Set<String> {
        let note = checkpoint?.note(Self.replicasNote) ?? []
        let names = String(decoding: note, as: UTF8.self).split(separator: "\n").prefix(ReplicaLimits.names)
        return Set(names.map(String.init)).union([replica])
    }

    /// Notes that a replica is there, or not any more.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - isThere: Whether it is.
    func noteReplica(_ name: String, isThere: Bool) {
        guard name != replica else { return }
        let changed = knownNames.withLock { names -> Set<String>? in
            var known = names ?? rememberedReplicas()
            if isThere {
                guard known.count < ReplicaLimits.names, known.insert(name).inserted else { return nil }
            } else {
                guard known.remove(name) != nil else { return nil }
            }
            names = known
            return known
        }
        guard let changed else { return }
        checkpoint?.note(Self.replicasNote, Array(changed.sorted().joined(separator: "\n").utf8))
    }

    /// Tells the others that this replica is there, and learns who else is.
    ///
    /// - Throws: What the store says.
    func register() async throws {
        let prefix = storeKey(Self.replicas)
        var cursor: [UInt8]?
        repeat {
            let page = try await port.changed(below: prefix, since: nil, after: cursor)
            for item in page.items {
                if let name = localKey(item.key.bytes).flatMap(Self.replica) { noteReplica(name, isThere: true) }
            }
            cursor = page.cursor
        } while cursor != nil
        _ = try await port.set(
            storeKey(Self.replicas + replica),
            [],
            if: .always,
            expiresIn: ReplicaLimits.memory
        )
    }

    /// Says from time to time that this replica is still there.
    func keepRegistered() async {
        while (try? await time.sleep(ReplicaLimits.refresh)) != nil {
            do {
                try await register()
            } catch {
                logger.debug("The replica could not be registered again", metadata: ["error": "\(error)"])
            }
        }
    }
}
