/// Why the server's answer is none; it holds nothing of what was asked.
struct HookFailure: Error {
    var message: String
}
