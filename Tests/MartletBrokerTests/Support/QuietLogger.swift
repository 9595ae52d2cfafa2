import Logging

/// A logger that says nothing.
let quietLogger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
