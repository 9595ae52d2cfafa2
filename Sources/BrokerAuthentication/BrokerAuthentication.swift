/// Who a client is: what proves it, looked at off the event loops.
///
/// An ``AuthenticationChain`` asks its providers in order (`Asking`): a password file (`Passwords`), the verified certificate of the connection
/// (`Certificates`), signed tokens (`Tokens`), an HTTP server (`Hook`). Each says that it does not know the client, or decides. What a client that
/// is known may do is not decided here, but by `BrokerAccess`.
///
/// A secret leaves this room in no form: outcomes and errors hold neither passwords nor tokens nor keys.
package enum BrokerAuthentication {}
