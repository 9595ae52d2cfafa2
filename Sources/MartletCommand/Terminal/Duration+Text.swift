extension Duration {
    /// The duration as seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The duration as milliseconds, to a hundredth of one.
    var inMilliseconds: Double {
        (inSeconds * 100_000).rounded() / 100
    }
}
