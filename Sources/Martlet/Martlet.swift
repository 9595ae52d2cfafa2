// The door-keeper of the room: what `import Martlet` brings along.
//
// A service's handlers meet the client's messages, the logger and the configuration reader in nearly every
// file, so one import line is to be enough. The worker itself starts in `Worker/Worker.swift`.
@_exported public import Configuration
@_exported public import Logging
@_exported public import MQTTClient
