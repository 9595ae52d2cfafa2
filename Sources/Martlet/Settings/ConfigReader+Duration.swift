public import Configuration

extension ConfigReader {
    /// Reads a time.
    ///
    /// - Parameter key: The key of a setting of kind ``Setting/Kind/duration``.
    /// - Returns: The time, or `nil` when nobody said anything, or `none`.
    public func duration(forKey key: ConfigKey) -> Duration? {
        string(forKey: key).flatMap { Duration(setting: $0) }
    }
}
