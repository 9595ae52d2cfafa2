import AsyncHTTPClient
import CryptoExtras
import JWTKit
import X509

/// Who a client is: password files, certificates, JSON Web Tokens and the HTTP hook, each giving a principal.
package enum BrokerAuthentication {}
