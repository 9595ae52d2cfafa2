/// Which seeds the model-based tests run with: some that never change and one that is new each time.
enum Seeds {
    static let all: [UInt64] = [1, 2, 3, 4, 5, 0xDEAD_BEEF, UInt64.random(in: 0 ... .max)]
}
