/// The broker's door for operators: health, metrics and inspection over HTTP, and what a supervisor such as systemd is told.
///
/// Start at ``AdminServer``. `Serving` has the server and its bounds, `Access` who may do what there, `Routes` the paths and what they answer
/// (``AdminRoute`` lists them, `docs/admin-api.yaml` describes them), `Metrics` the text that Prometheus reads, `Supervision` what systemd is told.
/// It reaches the engine only through the questions and actions of `MartletBroker`'s `Broker`.
package enum BrokerAdmin {}
