// MartletBroker: placeholder until its room is built.
