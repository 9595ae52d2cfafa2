import Glibc

/// How the admin API is set up.
package struct AdminConfiguration: Sendable {
    /// The address to listen on; any but a loopback address needs an authenticator.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 for any free one.
    package var port = 9_883
    /// Who may use it.
    package var access = AdminAccess()
    /// Its bounds.
    package var limits = AdminLimits()

    /// Without authentication, on 127.0.0.1:9883.
    package init() {}

    /// Refuses what would let anybody in from elsewhere.
    ///
    /// - Throws: ``AdminError`` with the code `configuration`.
    package func check() throws(AdminError) {
        guard access.authenticator == nil, !Self.isLoopback(host) else { return }
        throw AdminError(
            .configuration,
            "The admin API on \(host) would let anybody kick clients and purge messages: give it authentication, "
                + "or a loopback address such as 127.0.0.1."
        )
    }

    /// Whether only this machine reaches an address: 127.0.0.0/8, ::1, or the name `localhost`.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        // Safe because the struct is sixteen bytes, read only inside the closure.
        return withUnsafeBytes(of: &six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }
}
