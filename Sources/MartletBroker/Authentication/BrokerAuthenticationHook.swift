/// An HTTP server that decides who is let in.
///
/// It gets a POST with a JSON object (`clientId`, `userName`, `password`, `listener`, `address`, `certificateSubject`; what is not known is left out)
/// and answers 200 with `{"result": "allow", "userName": …, "attributes": {…}, "groups": […]}`, `{"result": "deny"}`, or `{"result": "ignore"}` for
/// a client that it does not know. Anything else, and no answer in time, refuses the client.
public struct BrokerAuthenticationHook: Sendable, Hashable {
    /// Where it is, `https://` or `http://`.
    public var url: String
    /// How long an answer may take.
    public var timeout = Duration.seconds(5)
    /// Requests at one time; the next ones wait, within their timeout.
    public var concurrentRequests = 64
    /// A file whose content is sent as the header `Authorization`, such as `Bearer …`; nil for none.
    public var authorizationFile: String?
    /// A PEM file of the authorities that are trusted for `https`; nil for those of the machine.
    public var trustedAuthorities: String?
    /// Whether passwords may go in the clear, by `http`, to another machine.
    public var allowsPlainText = false

    /// Names the server.
    ///
    /// - Parameter url: Where it is.
    public init(url: String) {
        self.url = url
    }
}
