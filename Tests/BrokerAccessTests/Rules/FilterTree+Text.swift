@testable import BrokerAccess

extension FilterTree {
    func matches(text: String) -> Bool { matches(Array(text.utf8).span) }

    func covers(text: String) -> Bool { covers(Array(text.utf8).span) }
}
