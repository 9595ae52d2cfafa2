/// Why a thing of a batch has no answer.
enum BatchFailure: Error {
    /// The connection was lost, or the queue closed: it may have been done or not.
    case lost
    /// The asking task was cancelled: it may have been done or not.
    case cancelled
    /// The batch could not be sent, or was answered with an error.
    case failed(any Error)
}
