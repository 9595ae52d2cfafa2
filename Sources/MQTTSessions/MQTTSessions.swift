// MQTTSessions: placeholder until its room is built.
