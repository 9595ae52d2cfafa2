/// Who may do what: principals, rules, and the answer to a question, as pure values.
///
/// The room knows no password, certificate or token: what proves who a client is belongs to `BrokerAuthentication`.
package enum BrokerAccess {}
