import BrokerAdmin
import Foundation
import Glibc
import Logging
import MartletBroker
import MartletTesting
import Synchronization
import Testing

/// What systemd is told, read from a real datagram socket in its place.
@Suite(.timeLimit(.minutes(5)))
struct SystemdTests {
    /// The lines of each datagram that came.
    private final class Came: Sendable {
        private let all = Mutex<[[String]]>([])

        func withLock<Result>(_ body: (inout [[String]]) -> Result) -> Result { all.withLock { body(&$0) } }
    }

    /// A socket that stands in systemd's place.
    private final class Receiver: Sendable {
        let address: String
        private let descriptor: CInt
        private let came = Came()

        init(isAbstract: Bool) throws {
            let name = "martlet-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            address = isAbstract ? "@\(name)" : NSTemporaryDirectory() + name
            descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
            var to = sockaddr_un()
            to.sun_family = sa_family_t(AF_UNIX)
            var path = Array(address.utf8)
            if isAbstract { path[0] = 0 }
            // Safe because the path is far shorter than the field.
            withUnsafeMutableBytes(of: &to.sun_path) { $0.copyBytes(from: path) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (isAbstract ? 0 : 1))
            // Safe because the address outlives the call.
            let result = withUnsafePointer(to: &to) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(result == 0)
            receive()
        }

        deinit {
            // What waits for a datagram goes on with nothing.
            shutdown(descriptor, CInt(SHUT_RDWR))
            close(descriptor)
            if !address.hasPrefix("@") { unlink(address) }
        }

        /// What came, in order; read as it comes, because few datagrams wait in a socket.
        var messages: [[String]] { came.withLock { $0 } }

        private func receive() {
            Thread.detachNewThread { [descriptor, came] in
                var bytes = [UInt8](repeating: 0, count: 4_096)
                while true {
                    let count = recv(descriptor, &bytes, bytes.count, 0)
                    guard count > 0 else { return }
                    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(
                        String.init
                    )
                    came.withLock { $0.append(lines) }
                }
            }
        }

        /// Waits until so many came, and gives the last of them.
        func message(_ number: Int) async throws -> [String] {
            try await eventually { messages.count > number }
            return messages[number]
        }
    }

    @Test(arguments: [false, true]) func systemdIsTold(isAbstract: Bool) async throws {
        let receiver = try Receiver(isAbstract: isAbstract)
        let notifier = try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": receiver.address]))
        #expect(notifier.watchdog == nil)
        notifier.ready("Serving\non 1883")
        #expect(try await receiver.message(0) == ["READY=1", "STATUS=Serving on 1883"])
        notifier.reloading()
        let reloading = try await receiver.message(1)
        #expect(reloading.first == "RELOADING=1")
        let microseconds = try #require(Int64(reloading[1].dropFirst("MONOTONIC_USEC=".count)))
        let now = ProcessInfo.processInfo.systemUptime * 1e6
        #expect(abs(Double(microseconds) - now) < 60e6)
        notifier.isAlive()
        #expect(try await receiver.message(2) == ["WATCHDOG=1"])
        notifier.stopping()
        #expect(try await receiver.message(3) == ["STOPPING=1"])
    }

    @Test func whatSystemdSetIsReadWithCare() {
        #expect(SystemdNotifier(environment: [:]) == nil)
        #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
        #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": ""]) == nil)
        let set = ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "6000000"]
        #expect(SystemdNotifier(environment: set)?.watchdog == .seconds(6))
        #expect(SystemdNotifier(environment: set.merging(["WATCHDOG_PID": "1"]) { $1 }, process: 2)?.watchdog == nil)
        #expect(
            SystemdNotifier(environment: set.merging(["WATCHDOG_PID": "2"]) { $1 }, process: 2)?.watchdog == .seconds(6)
        )
        // Nobody listens there: that is no reason to fail.
        SystemdNotifier(environment: set)?.ready("Serving")
    }

    @Test func signsOfLifeStopWhileTheEngineDoesNotTurn() async throws {
        let receiver = try Receiver(isAbstract: true)
        try await TestBroker.withBroker { broker in
            let present = try #require(broker.present)
            let environment = ["NOTIFY_SOCKET": receiver.address, "WATCHDOG_USEC": "200000"]
            let notifier = try #require(SystemdNotifier(environment: environment))
            let critical = SharedCount()
            let logger = Logger(label: "test", factory: { _ in NoticedLogHandler(critical: critical) })
            let supervision = BrokerSupervision(broker: present, notifier: notifier, logger: logger)
            let running = Task { try await supervision.run() }
            #expect(try await receiver.message(0).first == "READY=1")
            #expect(try await receiver.message(1) == ["WATCHDOG=1"])
            let gate = LoopGate()
            present.occupyLoop { gate.hold() }
            await gate.waitUntilHeld()
            // It says so once, and from then on is silent: between two marks there is nothing.
            try await eventually { critical.value == 1 }
            notifier.reloading()
            try await eventually { receiver.messages.last?.first == "RELOADING=1" }
            let marked = receiver.messages.count
            notifier.stopping()
            #expect(try await receiver.message(marked) == ["STOPPING=1"])
            gate.open()
            #expect(try await receiver.message(marked + 1) == ["WATCHDOG=1"])
            running.cancel()
            try await running.value
        }
    }
}
