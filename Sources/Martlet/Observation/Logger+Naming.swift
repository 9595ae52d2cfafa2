import Logging

extension Logger {
    /// The same logger with one more thing that each line names.
    ///
    /// - Parameters:
    ///   - key: What is named.
    ///   - value: Its name.
    /// - Returns: The logger.
    func naming(_ key: String, _ value: String) -> Logger {
        var logger = self
        logger[metadataKey: key] = "\(value)"
        return logger
    }
}
