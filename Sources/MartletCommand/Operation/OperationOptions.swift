import ArgumentParser
import BrokerAdmin
import Foundation
import Logging
import MartletBroker
import ServiceLifecycle

/// How a broker is operated: its admin API, its log, and what watches over it.
struct OperationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Serve the admin API there (metrics, health, 'martlet inspect'); a port alone is one of 127.0.0.1.",
            valueName: "host:port"
        )
    )
    var admin: AdminAddress?

    @Option(help: ArgumentHelp("How lines of the log look: text or json.", valueName: "format"))
    var logFormat = LogFormat.text

    /// What watches over the process; nil for nobody.
    var notifier: SystemdNotifier? { SystemdNotifier(environment: ProcessInfo.processInfo.environment) }

    /// What runs beside a broker.
    ///
    /// - Parameters:
    ///   - broker: The broker.
    ///   - section: What its file says of the admin API; nil for nothing.
    ///   - logger: Where they log.
    /// - Returns: The services.
    /// - Throws: ``CommandFailure`` for an address that anybody reaches and nobody guards.
    func services(of broker: Broker, section: BrokerFileAdmin?, logger: Logger) throws -> [any Service] {
        var services: [any Service] = []
        if admin != nil || section != nil {
            var configuration = (section ?? BrokerFileAdmin()).configuration
            configuration.host = admin?.host ?? configuration.host
            configuration.port = admin?.port ?? configuration.port
            configuration.access.authenticator = authenticator(of: broker)
            do throws(AdminError) {
                services.append(try AdminServer(broker: broker, configuration: configuration, logger: logger))
            } catch {
                throw CommandFailure(error.message)
            }
        }
        if let notifier {
            services.append(BrokerSupervision(broker: broker, notifier: notifier, logger: logger))
        }
        return services
    }

    private func authenticator(of broker: Broker) -> AdminAccess.Authenticator? {
        guard broker.configuration.operators != nil else { return nil }
        return { credentials in
            switch credentials {
            case .basic(let userName, let password):
                await broker.authenticateOperator(userName: userName, secret: password)
            case .bearer(let token): await broker.authenticateOperator(userName: nil, secret: Array(token.utf8))
            }
        }
    }
}
