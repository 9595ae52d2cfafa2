/// The rules of who may do what, compiled: a value that a reload replaces as a whole.
package struct AccessPolicy: Sendable {
    package init() {}

    /// What one client may do, with the substitutions of its name already made.
    package func access(for principal: Principal) -> ConnectionAccess {
        ConnectionAccess()
    }
}
