import CrashPoints
import Testing

@testable import MartletCommand

@Suite("Crash point schedule")
struct CrashPointScheduleTests {
    @Test("The seed decides it, and every point of a program comes as often as any other")
    func fair() {
        var first = CrashPointSchedule(seed: 4)
        var second = CrashPointSchedule(seed: 4)
        var hits: [CrashPoint: Int] = [:]
        for _ in 0..<120 {
            let arming = first.next(of: .worker)
            #expect(arming == second.next(of: .worker))
            if let arming { hits[arming.point, default: 0] += 1 }
        }
        #expect(hits.count == 12 && hits.values.allSatisfy { $0 == 10 })
        #expect(hits.keys.allSatisfy { $0.program == .worker })
    }

    @Test("When it is over nobody is armed")
    func over() {
        var schedule = CrashPointSchedule(seed: 4)
        #expect(schedule.next(of: .broker)?.point.program == .broker)
        schedule.isOver = true
        #expect(schedule.next(of: .broker) == nil)
    }
}
