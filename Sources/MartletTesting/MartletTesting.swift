// MartletTesting: what a user's tests run handlers, workers and brokers in.
//
// `HandlerHarness` runs a handler without a broker; `TestWorker` a worker in the test's process, which can be killed at a point and be
// stopped as SIGTERM does; `TestBroker` a broker there, without a port, which can be killed and started again; `TestClock` is time that the
// test moves. Nothing of it belongs into a service.
