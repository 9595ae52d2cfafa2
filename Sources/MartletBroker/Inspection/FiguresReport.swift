/// What metrics are made of, as it was at one moment.
package struct FiguresReport: Sendable {
    /// The figures by their labels, in the order of ``BrokerFigure/all``.
    package var figures: [(figure: BrokerFigure, value: UInt64)]
    package var broker: BrokerReport
}
