/// One day of one station so far: what the worker keeps in its state.
///
/// Adding a reading is not idempotent, on purpose: a message that is applied twice leaves a day that counts an hour twice, for ever.
public struct Day: Codable, Sendable, Equatable {
    /// How many readings were added.
    public private(set) var count = 0
    /// Their sum in tenths of a degree.
    public private(set) var sum = 0
    /// The lowest in tenths of a degree.
    public private(set) var minimum = Int.max
    /// The highest in tenths of a degree.
    public private(set) var maximum = Int.min
    /// How often each hour was added: never more than once, or a promise is broken.
    public private(set) var hours = [Int](repeating: 0, count: 24)

    /// Makes a day without readings.
    public init() {}

    /// Adds one reading.
    ///
    /// - Parameters:
    ///   - tenths: The temperature in tenths of a degree: whole numbers, so that sums are exact whatever the order.
    ///   - hour: The hour of the day, from 0 to 23.
    public mutating func add(tenths: Int, hour: Int) {
        count += 1
        sum += tenths
        minimum = min(minimum, tenths)
        maximum = max(maximum, tenths)
        hours[hour] += 1
    }

    /// The mean in hundredths of a degree, halves rounded away from zero.
    public var mean: Int { Int((Double(sum) * 10 / Double(count)).rounded()) }
}
