"""As many connections as the system lets a process have, held at one time: what they cost, and whether all are served.

    MARTLET=.build/release/martlet python3 Tests/Hostile/ramp.py [--connections N]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "..", "Interoperation"))

from broker import Broker  # noqa: E402

RESERVE = 300
"""Descriptors that are left for everything else."""


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--connections", type=int, default=min(20_000, hard - RESERVE), help="(default: %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        load = os.path.join(folder, "mqttload")
        subprocess.run(
            ["cc", "-O2", "-std=c11", "-o", load, os.path.join(FOLDER, "..", "..", "Benchmarks", "mqttload.c")], check=True
        )
        broker = Broker()
        try:
            command = [load, "ramp", "--port", str(broker.port), "--broker-pid", str(broker.process.pid)]
            command += ["--subs", str(arguments.connections), "--burst", "200", "--settle", "2", "--reconnect"]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            print(result.stdout, end="")
            if result.returncode != 0:
                raise AssertionError(f"mqttload ended with {result.returncode}: {result.stderr}")
            report = json.loads(result.stdout.strip().splitlines()[-1])
            for name, wanted in (("alive", arguments.connections), ("sessions_present", arguments.connections), ("unexpected_close", 0)):
                if report[name] != wanted:
                    raise AssertionError(f"{name} is {report[name]}, not {wanted}")
            if broker.process.poll() is not None:
                raise AssertionError(f"the broker died: {broker.log()}")
        finally:
            broker.remove()


if __name__ == "__main__":
    main()
