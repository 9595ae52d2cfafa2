/// A certification authority for development, and certificates from it.
///
/// ``DevelopmentAuthority`` makes them, in memory; ``CertificateFolder`` keeps them as PEM files. The authority's key lies unprotected beside what it
/// signed: whoever reads the folder can make certificates. It is for development and tests, and is to be trusted nowhere else.
package enum DevelopmentCertificates {}
