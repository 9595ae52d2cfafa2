import Crypto
import SwiftASN1
import X509

/// A certification authority for development, and certificates from it.
package enum DevelopmentCertificates {}
