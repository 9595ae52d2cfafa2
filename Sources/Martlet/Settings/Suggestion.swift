/// Finds the word that somebody probably meant.
package enum Suggestion {
    /// The word nearest to another, by the number of letters to add, drop, change or swap.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - words: What could have been meant.
    /// - Returns: The nearest, or `nil` when none is near.
    package static func nearest(to word: String, among words: [String]) -> String? {
        let letters = Array(word.lowercased())
        let best =
            words
            .map { (word: $0, distance: distance(letters, Array($0.lowercased()))) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let best, best.distance <= max(2, letters.count / 3) else { return nil }
        return best.word
    }

    /// The distance of Damerau and Levenshtein, neighbours swapped once.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + [Int](repeating: 0, count: right.count)
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                current[column] = min(
                    last[column] + 1,
                    current[column - 1] + 1,
                    last[column - 1] + (isSame ? 0 : 1)
                )
                let isSwap =
                    row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1]
                if isSwap { current[column] = min(current[column], beforeLast[column - 2] + 1) }
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
