/// What is wrong with an operation of a commit.
struct CommitProblem: Error {
    var text: String

    init(_ text: String) {
        self.text = text
    }

    init(_ error: StateError) {
        text = error.text
    }
}
