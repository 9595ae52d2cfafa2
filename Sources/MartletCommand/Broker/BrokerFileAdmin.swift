import BrokerAdmin
import MartletBroker

/// What a broker's file says of the admin API.
struct BrokerFileAdmin: Hashable {
    var bind = "127.0.0.1"
    var port = AdminConfiguration().port
    var authentication: BrokerAuthenticationConfiguration?
    var readers = AdminAccess().readers
    var writers = AdminAccess().writers

    /// What takes a restart when it changes.
    var withoutAuthentication: BrokerFileAdmin {
        var section = self
        section.authentication = nil
        return section
    }

    /// How the API is set up, without authentication yet.
    var configuration: AdminConfiguration {
        var configuration = AdminConfiguration()
        (configuration.host, configuration.port) = (bind, port)
        configuration.access = AdminAccess(readers: readers, writers: writers)
        return configuration
    }
}

extension BrokerAuthenticationConfiguration {
    /// The part of a chain that a user name with a password, or a token, can pass; nil where there is none.
    ///
    /// Operators come over HTTP: they have no certificate that was verified, and anybody is nobody's operator.
    var forOperators: BrokerAuthenticationConfiguration? {
        var chain = self
        chain.providers = providers.filter { provider in
            switch provider {
            case .passwordFile, .token, .http: true
            case .anonymous, .certificate: false
            }
        }
        return chain.providers.isEmpty ? nil : chain
    }
}
