/// How a task that waits for the event loop is answered.
typealias Reply<Value> = CheckedContinuation<Result<Value, MQTTClientError>, Never>
