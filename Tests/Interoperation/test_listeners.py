"""TLS, mutual TLS, WebSocket and Unix sockets with clients of others, and a reload under them."""

import os
import queue
import signal
import ssl
import subprocess
import tempfile
import unittest

import paho.mqtt.client as paho

from broker import LIMIT, Broker, free_port, wait_until
from case import BrokerCase
from certificates import Authority
from configured_broker import ConfiguredBroker

TLS_VERSIONS = ("tlsv1.2", "tlsv1.3")


@unittest.skipUnless(Broker.is_ours(), "about our broker")
class Listeners(BrokerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="martlet-certificates-")
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name)
        self.stranger = Authority(folder.name, "stranger")
        self.server = self.authority.certificate("server", ["localhost"])
        self.secure_port, self.web_port, self.secure_web_port = free_port(), free_port(), free_port()
        self.client_certificates = "none"
        self.broker = ConfiguredBroker(self.configure)
        self.addCleanup(self.broker.remove)

    def configure(self, folder, port):
        tls = f"""
    tls:
      certificate: "{self.server[0]}"
      key: "{self.server[1]}"
      clientCertificates: {self.client_certificates}
      clientAuthorities: "{self.authority.path}"
"""
        return f"""
data: "{folder}/data"
listeners:
  - name: secure
    port: {self.secure_port}{tls}
  - name: web
    port: {self.web_port}
    webSocket: {{}}
  - name: secure-web
    port: {self.secure_web_port}
    webSocket: {{}}{tls}
  - name: local
    unix: {{path: "{folder}/socket", mode: "0600"}}
  - name: plain  # the last one: when it listens, all do
    port: {port}
"""

    def secure(self, *options):
        return ["-h", "localhost", "-p", str(self.secure_port), "--cafile", self.authority.path, *options]

    def tool(self, name, *arguments, version="mqttv5", **options):
        return [name, "-V", version, *arguments]

    def test_tls(self):
        for version in TLS_VERSIONS:
            with self.subTest(version=version):
                options = self.secure("--tls-version", version)
                receiver = self.start_subscriber(*options, "-t", "a", "-q", "1", "-C", "1", "-F", "> %p")
                self.run_tool("mosquitto_pub", *options, "-t", "a", "-q", "1", "-m", "hello")
                self.assertEqual(receiver.messages(), ["hello"])

    def test_a_server_that_is_not_trusted(self):
        options = ["-h", "localhost", "-p", str(self.secure_port), "--cafile", self.stranger.path]
        result = self.run_tool("mosquitto_pub", *options, "-t", "a", "-m", "hello", check=False)
        self.assertNotEqual(result.returncode, 0)

    def test_mutual_tls(self):
        self.client_certificates = "required"
        self.broker.restart()
        good = self.authority.certificate("good")
        foreign = self.stranger.certificate("foreign")
        for version in TLS_VERSIONS:
            with self.subTest(version=version):
                options = self.secure("--tls-version", version, "--cert", good[0], "--key", good[1])
                receiver = self.start_subscriber(*options, "-t", "a", "-q", "1", "-C", "1", "-F", "> %p")
                self.run_tool("mosquitto_pub", *options, "-t", "a", "-q", "1", "-m", "hello")
                self.assertEqual(receiver.messages(), ["hello"])
                for wrong in (["--cert", foreign[0], "--key", foreign[1]], []):
                    arguments = [*self.secure("--tls-version", version), *wrong, "-t", "a", "-q", "1", "-m", "hello"]
                    result = self.run_tool("mosquitto_pub", *arguments, check=False)
                    self.assertNotEqual(result.returncode, 0)

    def test_unix_socket(self):
        path = os.path.join(self.broker.folder, "socket")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        receiver = self.start_subscriber("--unix", path, "-t", "a", "-q", "1", "-C", "1", "-F", "> %p")
        self.run_tool("mosquitto_pub", "--unix", path, "-t", "a", "-q", "1", "-m", "hello")
        self.assertEqual(receiver.messages(), ["hello"])

    def paho_client(self, port, is_secure, transport="websockets"):
        """A paho client, connected and subscribed, with the queue of what it gets."""
        messages, subscribed = queue.Queue(), queue.Queue()
        first = [paho.CallbackAPIVersion.VERSION1] if hasattr(paho, "CallbackAPIVersion") else []
        client = paho.Client(*first, transport=transport, protocol=paho.MQTTv5)
        if transport == "websockets":
            client.ws_set_options(path="/mqtt")
        if is_secure:
            client.tls_set(ca_certs=self.authority.path)
        client.on_connect = lambda c, *rest: c.subscribe("web", qos=1)
        client.on_subscribe = lambda *rest: subscribed.put(True)
        client.on_message = lambda c, u, message: messages.put(message.payload)
        client.connect("localhost", port)
        client.loop_start()
        self.addCleanup(client.loop_stop)
        self.addCleanup(client.disconnect)
        subscribed.get(timeout=LIMIT)
        return client, messages

    def test_paho_over_websocket(self):
        for port, is_secure in ((self.web_port, False), (self.secure_web_port, True)):
            with self.subTest(is_secure=is_secure):
                client, messages = self.paho_client(port, is_secure)
                for payload in (b"hello", os.urandom(300_000)):
                    client.publish("web", payload, qos=1).wait_for_publish()
                    self.assertEqual(messages.get(timeout=LIMIT), payload)

    def test_paho_over_tls(self):
        client, messages = self.paho_client(self.secure_port, is_secure=True, transport="tcp")
        for payload in (b"hello", os.urandom(300_000)):
            client.publish("web", payload, qos=1).wait_for_publish(LIMIT)
            self.assertEqual(messages.get(timeout=LIMIT), payload)

    def served_certificate(self):
        return ssl.get_server_certificate(("localhost", self.secure_port))

    def log_says(self, text):
        with open(self.broker.log_path, errors="replace") as file:
            return text in file.read()

    def test_a_reload_takes_new_certificates_and_disconnects_nobody(self):
        receiver = self.start_subscriber(*self.secure(), "-t", "a", "-q", "1", "-C", "1", "-F", "> %p")
        before = self.served_certificate()
        self.server = self.authority.certificate("renewed", ["localhost"])
        self.broker.write()
        self.broker.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.served_certificate() != before, "the new certificate is served")
        self.run_tool("mosquitto_pub", *self.secure(), "-t", "a", "-q", "1", "-m", "still here")
        self.assertEqual(receiver.messages(), ["still here"])

    def test_a_reload_of_a_wrong_file_changes_nothing(self):
        before = self.served_certificate()
        self.server = (os.path.join(self.broker.folder, "missing.pem"), self.server[1])
        self.broker.write()
        self.broker.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.log_says("missing.pem"), "the log names what is missing")
        self.assertEqual(self.served_certificate(), before)
        self.run_tool("mosquitto_pub", *self.secure(), "-t", "a", "-q", "1", "-m", "hello")

    def test_our_client(self):
        """`martlet pub` and `martlet sub` reach every listener, and say what failed."""
        secure = f"mqtts://localhost:{self.secure_port}"
        web = f"wss://localhost:{self.secure_web_port}/mqtt"
        for url in (secure, web, f"ws://localhost:{self.web_port}/mqtt", f"unix:{self.broker.folder}/socket"):
            with self.subTest(url=url):
                options = ["--ca", self.authority.path] if url.startswith(("mqtts", "wss")) else []
                self.run_martlet("pub", "--url", url, *options, "-t", "a", "-m", "hello", "--qos", "1")
        result = self.run_martlet("pub", "--url", secure, "--ca", self.stranger.path, "-t", "a", "-m", "x", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no authority that is trusted", result.stderr)
        self.run_martlet("pub", "--url", secure, "--insecure", "-t", "a", "-m", "x")

    def run_martlet(self, *arguments, check=True):
        result = subprocess.run([os.environ["MARTLET"], *arguments], capture_output=True, text=True, timeout=LIMIT)
        if check:
            self.assertEqual(result.returncode, 0, result.stderr)
        return result
