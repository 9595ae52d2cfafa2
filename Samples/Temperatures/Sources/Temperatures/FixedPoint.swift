/// Writes whole tenths and hundredths as decimal numbers, the same on every machine.
enum FixedPoint {
    /// Writes tenths with one digit behind the point: `-34` is `-3.4`.
    ///
    /// - Parameter tenths: The number times ten.
    /// - Returns: The decimal number.
    static func text(tenths: Int) -> String {
        "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    /// Writes hundredths with two digits behind the point: `3925` is `39.25`.
    ///
    /// - Parameter hundredths: The number times a hundred.
    /// - Returns: The decimal number.
    static func text(hundredths: Int) -> String {
        let fraction = hundredths.magnitude % 100
        return "\(hundredths < 0 ? "-" : "")\(hundredths.magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
