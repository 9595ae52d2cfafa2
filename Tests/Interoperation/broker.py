"""A broker as a real process: ours by default, mosquitto to check the tests themselves."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

LIMIT = 60.0
"""Seconds after which something that should happen counts as hanging; no test depends on how soon it happens."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what):
    """Waits for a condition, and says what did not come true."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {LIMIT:.0f} s")
        time.sleep(0.01)


class Broker:
    """Starts with `start()`, dies with `kill()`, and comes back on the same port with the same data."""

    def __init__(self, *options):
        self.options = list(options)
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="martlet-interoperation-")
        self.log_path = os.path.join(self.folder, "broker.log")
        self.process = None
        self.start()

    @staticmethod
    def is_ours():
        return "MARTLET" in os.environ

    def command(self):
        if self.is_ours():
            data = os.path.join(self.folder, "data")
            return [os.environ["MARTLET"], "broker", "--port", str(self.port), "--data", data] + self.options
        path = os.path.join(self.folder, "mosquitto.conf")
        with open(path, "w") as file:
            file.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nsys_interval 1\n")
        return ["mosquitto", "-c", path]

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._listens, f"the broker listens (its log: {self.log()})")

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the broker ended with {self.process.returncode}: {self.log()}")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()[-2000:]

    def kill(self):
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)

    def restart(self):
        self.kill()
        self.start()

    def stop(self):
        """Ends the broker in order and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(LIMIT)
        finally:
            if self.process.poll() is None:
                self.kill()

    def remove(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
