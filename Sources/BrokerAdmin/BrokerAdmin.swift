import Hummingbird
import MartletBroker

/// The broker's door for operators: health, metrics and inspection over HTTP.
package enum BrokerAdmin {}
