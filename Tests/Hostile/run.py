"""A broker among hostile peers: mutated packets and silent connections, while a canary is served.

    MARTLET=.build/release/martlet python3 Tests/Hostile/run.py --packets 1000000 --silent 10000

Fails when the broker dies, when the canary loses an answer, when memory does not come back, or when the journal cannot be read afterwards.
How fast anything was is reported and never judged.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "..", "Interoperation"))

from broker import Broker, wait_until  # noqa: E402

GROWTH = 96 << 20
"""Bytes of memory that the broker may have more at the end than before the storm, when all of its sessions are gone."""

LIMITS = {
    # What the storm leaves behind ends soon, so that what stays is what leaks.
    "maximumSessionExpiry": 2,
    "defaultSessionExpiry": 2,
    "retainedMessages": 2000,
    "stateKeys": 2000,
    "sessions": 50_000,
}


class Part:
    """One of the programs beside this one."""

    def __init__(self, name, *arguments):
        command = [sys.executable, os.path.join(FOLDER, name), *(str(argument) for argument in arguments)]
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait_until_ready(self):
        line = self.process.stdout.readline()
        if line.strip() != "ready":
            raise AssertionError(f"{self.name} is not ready: {line!r}")

    def report(self):
        """Ends it, and takes what it says last."""
        out, _ = self.process.communicate()
        if self.process.returncode != 0 or not out.strip():
            raise AssertionError(f"{self.name} ended with {self.process.returncode}: {out!r}")
        return json.loads(out.strip().splitlines()[-1])

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()


def memory(process):
    """Bytes of a process in memory."""
    with open(f"/proc/{process.pid}/status") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise AssertionError("the broker has no memory to look at")


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def run(arguments):
    parts = []
    options = [word for name, value in LIMITS.items() for word in ("--limit", f"{name}={value}")]
    broker = Broker(*options)
    try:
        canary = Part("canary.py", broker.port, arguments.rate)
        parts.append(canary)
        canary.wait_until_ready()
        # The first mutants warm up what is made once; what grows after them grows with the storm.
        warm = Part("storm.py", broker.port, arguments.seed + 1_000_000, max(1_000, arguments.packets // 50))
        parts.append(warm)
        warm.report()
        wait_until(lambda: descriptors(broker.process) < 60, "the connections of the warm-up are gone")
        before = memory(broker.process)
        silent = Part("silent.py", broker.port, arguments.silent)
        parts.append(silent)
        silent.wait_until_ready()
        held = memory(broker.process)
        storms = [
            Part("storm.py", broker.port, arguments.seed + number, arguments.packets // arguments.storms)
            for number in range(arguments.storms)
        ]
        parts += storms
        storm = [part.report() for part in storms]
        report = {"storm": storm, "silent": silent.report(), "canary": canary.report()}
        if broker.process.poll() is not None:
            raise AssertionError(f"the broker died ({broker.process.returncode}): {broker.log()}")
        wait_until(lambda: descriptors(broker.process) < 60, "every connection is gone")
        wait_until(lambda: memory(broker.process) < before + GROWTH, "memory comes back")
        report["memory_mb"] = {
            "before": before >> 20,
            "with_silent_connections": held >> 20,
            "after": memory(broker.process) >> 20,
        }
        broker.restart()
        report["journal"] = "read back after kill -9"
        judge(report, arguments)
        return report
    finally:
        for part in parts:
            part.kill()
        broker.remove()


def judge(report, arguments):
    canary = report["canary"]
    if canary["error"] or canary["lost"] or canary["answered"] != canary["requests"] or canary["acknowledged"] != canary["requests"]:
        raise AssertionError(f"the canary suffered: {canary}")
    if canary["requests"] < 10:
        raise AssertionError(f"the canary hardly sang: {canary}")
    if sum(part["mutated_packets"] for part in report["storm"]) < arguments.packets // arguments.storms * arguments.storms:
        raise AssertionError(f"not all packets were sent: {report['storm']}")
    if report["silent"]["refused"]:
        raise AssertionError(f"silent connections were not even made: {report['silent']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packets", type=int, default=1_000_000, help="mutated packets (default: %(default)s)")
    parser.add_argument("--silent", type=int, default=10_000, help="connections that say nothing (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="makes the same packets again (default: the time)")
    parser.add_argument("--storms", type=int, default=2, help="processes that send them (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=100, help="requests a second of the canary (default: %(default)s)")
    arguments = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"hostile: {arguments.packets} mutated packets, {arguments.silent} silent connections, seed {arguments.seed}", flush=True)
    report = run(arguments)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
