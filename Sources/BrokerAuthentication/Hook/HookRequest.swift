import BrokerAccess
import Foundation

/// What the server is told of a client; what is not known is left out.
struct HookRequest: Encodable {
    var clientId: String
    var userName: String?
    /// The password, where it is text.
    var password: String?
    /// The password in base64, where it is not.
    var passwordBase64: String?
    var listener: String
    var address: String?
    var certificateSubject: String?

    init(_ request: AuthenticationRequest, of peer: AuthenticationPeer) {
        clientId = request.clientIdentifier
        userName = request.userName
        listener = peer.listener
        address = peer.address
        certificateSubject = CertificateAuthenticator.subject(of: peer)
        guard let bytes = request.password else { return }
        password = String(validating: bytes, as: UTF8.self)
        if password == nil { passwordBase64 = Data(bytes).base64EncodedString() }
    }
}
