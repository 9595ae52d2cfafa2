"""What operators see and do: metrics as Prometheus' own parser reads them, health, the graceful stop, and systemd's socket."""

import json
import os
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from broker import LIMIT, Broker, free_port, wait_until
from case import BrokerCase, only_ours


@only_ours
class OperationTests(BrokerCase):
    def setUp(self):
        self.admin = free_port()
        self.options = ("--admin", f"127.0.0.1:{self.admin}", "--log-format", "json")
        super().setUp()
        wait_until(lambda: self.ask("GET", "/startup")[0] == 200, "the broker says that it has started")

    def ask(self, method, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except urllib.error.URLError:
            return 0, ""

    def inspect(self, *arguments):
        command = [os.environ["MARTLET"], "inspect", *arguments, "--url", f"http://127.0.0.1:{self.admin}", "--json"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def metrics(self):
        status, text = self.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        return {family.name: family for family in text_string_to_metric_families(text)}

    def test_metrics_are_read_by_prometheus_parser(self):
        group = '$share/g/"quoted"\\path/#'
        member = self.peer("member", clean=False, expiry=3600)
        member.subscribe(group, qos=1)
        families = self.metrics()
        for name, family in families.items():
            self.assertNotEqual(family.documentation, "", name)
            self.assertIn(family.type, ("counter", "gauge"), name)
            self.assertTrue(family.samples, name)
        connected = families["martlet_broker_clients_connected"].samples[0]
        self.assertEqual(connected.value, 1)
        members = families["martlet_group_members"].samples
        self.assertEqual([sample.labels for sample in members], [{"group": group}])
        self.assertEqual(families["martlet_broker_publishes_received"].type, "counter")
        self.assertGreater(families["process_resident_memory_bytes"].samples[0].value, 1 << 20)

    def test_what_inspect_shows_and_does_outlives_kill(self):
        member = self.peer("member", clean=False, expiry=3600)
        member.subscribe("$share/g/t", qos=1)
        member.crash()
        self.run_tool("mosquitto_pub", "-t", "t", "-m", "x", "-q", "1", "--repeat", "20")
        self.assertEqual(self.inspect("group", "$share/g/t")[0]["group"]["queued"], 20)
        self.assertEqual(self.inspect("purge", "group", "$share/g/t"), [{"bytes": 20 * 7, "purged": 20}])
        self.broker.restart()
        wait_until(lambda: self.ask("GET", "/ready")[0] == 200, "the broker is ready")
        self.assertEqual(self.inspect("group", "$share/g/t")[0]["group"]["queued"], 0)
        self.assertEqual(self.inspect("kick", "member", "--end-session")[0]["isSessionEnded"], True)
        self.broker.restart()
        wait_until(lambda: self.ask("GET", "/ready")[0] == 200, "the broker is ready")
        self.assertEqual(self.inspect("sessions"), [])

    def test_a_graceful_stop_tells_clients_and_ends_with_0(self):
        with socket.create_connection(("127.0.0.1", self.broker.port), timeout=LIMIT) as client:
            client.sendall(bytes.fromhex("100d 0004 4d515454 05 02 0000 00 0000"))
            self.assertEqual(client.recv(1)[0], 0x20)
            code = self.broker.stop()
            received = b""
            while chunk := client.recv(4096):
                received += chunk
        self.assertEqual(code, 0)
        at = received.rindex(b"\xe0")
        self.assertEqual(received[at + 2], 0x8B)

    def test_every_line_of_the_log_is_an_object(self):
        self.broker.stop()
        with open(self.broker.log_path) as file:
            lines = file.read().splitlines()
        objects = [json.loads(line) for line in lines if line.startswith("{")]
        self.assertIn("The broker listens", [one["message"] for one in objects])
        # What is no line of the log is for whoever started the broker by hand.
        for line in lines:
            self.assertTrue(line.startswith(("{", "Listening on ")), line)

    def test_an_address_that_anybody_reaches_needs_authentication(self):
        command = [os.environ["MARTLET"], "broker", "--in-memory", "--port", "0", "--admin", "0.0.0.0:0"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(result.returncode, 1)
        self.assertIn("authentication", result.stderr)


@only_ours
class SystemdTests(unittest.TestCase):
    def test_a_real_process_tells_systemd(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            path = os.path.join(folder, "notify")
            systemd.bind(path)
            systemd.settimeout(LIMIT)
            environment = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="400000")
            process = subprocess.Popen(
                [os.environ["MARTLET"], "broker", "--in-memory", "--port", "0"],
                env=environment,
                stderr=subprocess.DEVNULL,
            )
            try:
                self.assertEqual(systemd.recv(4096).split(b"\n")[0], b"READY=1")
                for _ in range(3):
                    self.assertEqual(systemd.recv(4096), b"WATCHDOG=1")
                process.terminate()
                while (message := systemd.recv(4096)) != b"STOPPING=1":
                    self.assertEqual(message, b"WATCHDOG=1")
                self.assertEqual(process.wait(LIMIT), 0)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait(LIMIT)
