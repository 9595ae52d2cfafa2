"""The systemd unit and the Dockerfile, as far as a machine without systemd as its first process and without a container engine can test them."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from broker import LIMIT, free_port, wait_until
from case import only_ours

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNIT = os.path.join(ROOT, "packaging", "systemd", "martlet-broker.service")
DOCKERFILE = os.path.join(ROOT, "packaging", "docker", "Dockerfile")
# What systemd-analyze calls OK, times ten.
MOST_EXPOSURE = "20"


def free_arguments(arguments, data, port, admin):
    """The arguments as they are packaged, with places that are free here."""
    places = {"${STATE_DIRECTORY}": data, "/var/lib/martlet": data, "127.0.0.1:9883": f"127.0.0.1:{admin}"}
    return [places.get(argument, argument) for argument in arguments] + ["--port", str(port)]


@only_ours
class UnitTests(unittest.TestCase):
    def unit(self):
        with open(UNIT) as file:
            return file.read()

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_systemd_finds_nothing_wrong_and_little_exposed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "martlet-broker.service")
            with open(path, "w") as file:
                file.write(self.unit().replace("/usr/local/bin/martlet", os.environ["MARTLET"]))
            verify = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=LIMIT)
            self.assertEqual((verify.returncode, verify.stdout + verify.stderr), (0, ""))
            security = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", path],
                capture_output=True,
                text=True,
                timeout=LIMIT,
            )
            self.assertEqual(security.returncode, 0, security.stdout[-500:])

    def test_what_the_unit_starts_tells_systemd_and_ends_with_0(self):
        command = re.search(r"^ExecStart=(.*)$", self.unit(), re.MULTILINE).group(1).split()
        watchdog = int(re.search(r"^WatchdogSec=(\d+)$", self.unit(), re.MULTILINE).group(1))
        self.assertEqual(command[0], "/usr/local/bin/martlet")
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            path = os.path.join(folder, "notify")
            systemd.bind(path)
            systemd.settimeout(LIMIT)
            arguments = free_arguments(command[1:], os.path.join(folder, "data"), free_port(), free_port())
            environment = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC=str(watchdog * 1_000_000))
            process = subprocess.Popen([os.environ["MARTLET"], *arguments], env=environment, stderr=subprocess.DEVNULL)
            try:
                self.assertEqual(systemd.recv(4096).split(b"\n")[0], b"READY=1")
                self.assertEqual(systemd.recv(4096), b"WATCHDOG=1")
                process.send_signal(signal.SIGTERM)
                while systemd.recv(4096) != b"STOPPING=1":
                    pass
                self.assertEqual(process.wait(LIMIT), 0)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait(LIMIT)


@only_ours
class DockerfileTests(unittest.TestCase):
    def setUp(self):
        with open(DOCKERFILE) as file:
            text = re.sub(r"\\\n", " ", file.read())
        self.steps = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]

    def last(self, name):
        return [rest for step, rest in self.steps if step == name][-1]

    def test_what_the_image_runs_is_well_and_not_root(self):
        user = int(self.last("USER").split(":")[0])
        self.assertNotEqual(user, 0)
        command = json.loads(self.last("ENTRYPOINT")) + json.loads(self.last("CMD"))
        check = json.loads(self.last("HEALTHCHECK").split("CMD", 1)[1])
        self.assertEqual((command[0], check[0]), ("martlet", "martlet"))
        # As root this is tried as the user of the image, with a program that this user may read.
        is_root = os.geteuid() == 0
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program, data = os.path.join(folder, "martlet"), os.path.join(folder, "data")
            shutil.copy(os.environ["MARTLET"], program)
            os.mkdir(data, 0o700)
            who = {}
            if is_root:
                os.chown(data, user, user)
                who = {"user": user, "group": user, "extra_groups": []}
            port, admin = free_port(), free_port()
            process = subprocess.Popen(
                [program, *free_arguments(command[1:], data, port, admin)], stderr=subprocess.DEVNULL, **who
            )
            try:
                probe = [program, *check[1:], "--url", f"http://127.0.0.1:{admin}"]

                def is_well():
                    self.assertIsNone(process.poll(), "the broker ended")
                    return subprocess.run(probe, capture_output=True, timeout=LIMIT, **who).returncode == 0

                wait_until(is_well, "the health check of the image is passed")
                self.assertTrue(os.listdir(data))
                self.assertEqual(self.last("STOPSIGNAL"), "SIGTERM")
                process.terminate()
                self.assertEqual(process.wait(LIMIT), 0)
                gone = subprocess.run(probe, capture_output=True, timeout=LIMIT, **who)
                self.assertEqual(gone.returncode, 1)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait(LIMIT)

    def test_what_is_copied_is_there(self):
        for step, rest in self.steps:
            if step == "COPY" and not rest.startswith("--from"):
                for source in rest.split()[:-1]:
                    self.assertTrue(os.path.exists(os.path.join(ROOT, source)), source)
