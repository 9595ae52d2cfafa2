extension UInt32 {
    /// Whole seconds that hold a duration; nothing for a negative one, the most there is for one that does not fit.
    init(secondsRoundedUp duration: Duration) {
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || (seconds == 0 && attoseconds <= 0) {
            self = 0
        } else {
            self = UInt32(clamping: attoseconds > 0 ? seconds + 1 : seconds)
        }
    }
}
