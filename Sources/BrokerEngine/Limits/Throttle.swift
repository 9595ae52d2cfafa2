/// What a client may still send before it is not read from for a while.
struct Throttle {
    var messages: TokenBucket
    var bytes: TokenBucket
}
