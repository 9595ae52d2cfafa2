// BrokerEngine: placeholder until its room is built.
