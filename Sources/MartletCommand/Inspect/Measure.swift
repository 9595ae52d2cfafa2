/// Numbers as people read them.
enum Measure {
    /// Seconds as `45 s`, `12 m`, `3 h 20 m` or `5 d 2 h`; `-` for none.
    static func seconds(_ seconds: Int?) -> String {
        guard let seconds else { return "-" }
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7_200: return "\(seconds / 60) m"
        case ..<172_800: return "\(seconds / 3_600) h \(seconds % 3_600 / 60) m"
        default: return "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
        }
    }

    /// Bytes as `512 B`, `1.5 KiB` and so on.
    static func bytes(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }

    /// A part as `83 %`; `-` for none.
    static func percent(_ part: Double?) -> String {
        part.map { "\(Int(($0 * 100).rounded())) %" } ?? "-"
    }

    static func number(_ number: (some BinaryInteger)?) -> String { number.map { "\($0)" } ?? "-" }

    static func flag(_ flag: Bool) -> String { flag ? "yes" : "no" }
}
