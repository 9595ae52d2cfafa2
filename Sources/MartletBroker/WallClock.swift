import Glibc

/// Milliseconds since 1970 by the machine's wall clock.
func wallMilliseconds() -> Int64 {
    var time = timespec()
    // Safe because the call only fills in the struct it is given.
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
