/// MartletBroker makes the engine a server.
///
/// Start at ``Broker``: set up by a ``BrokerConfiguration``, it serves until its service group shuts it down. `BrokerShell` is the inside: it
/// collects what a tick of the event loop brought, ends the engine's turn, flushes each connection once, and hands pages to the journal
/// (`BrokerShell+Journal`) after it read them back at the start (`BrokerShell+Recovery`). It holds no routing rule: those are the engine's.
enum MartletBroker {}
