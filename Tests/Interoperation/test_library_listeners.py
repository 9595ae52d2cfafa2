"""The client libraries over TLS, and over WebSocket where they speak it: gmqtt does not."""

import os
import tempfile
import unittest

from broker import Broker, free_port
from case import BrokerCase
from certificates import Authority
from configured_broker import ConfiguredBroker
from library_clients import ALL, Settings


@unittest.skipUnless(Broker.is_ours(), "about our broker")
class LibraryListeners(BrokerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="martlet-certificates-")
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name)
        self.server = self.authority.certificate("server", ["localhost"])
        self.secure_port, self.web_port, self.secure_web_port = free_port(), free_port(), free_port()
        self.broker = ConfiguredBroker(self.configure)
        self.addCleanup(self.broker.remove)

    def configure(self, folder, port):
        tls = f"""
    tls:
      certificate: "{self.server[0]}"
      key: "{self.server[1]}"
"""
        return f"""
data: "{os.path.join(folder, "data")}"
listeners:
  - name: secure
    port: {self.secure_port}{tls}
  - name: web
    port: {self.web_port}
    webSocket: {{}}
  - name: secure-web
    port: {self.secure_web_port}
    webSocket: {{}}{tls}
  - name: plain  # the last one: when it listens, all do
    port: {port}
"""

    def converse(self, library, **options):
        """A message from a plain client to one that connects so, and back."""
        other = ALL[library]().connect(Settings(self.broker.port, f"{library}-plain"))
        self.addCleanup(other.disconnect)
        client = ALL[library]().connect(Settings(identifier=f"{library}-other", **options))
        self.addCleanup(client.disconnect)
        client.subscribe("to/client")
        other.subscribe("to/plain")
        large = bytes(range(256)) * 1000
        other.publish("to/client", large)
        self.assertEqual(client.receive().payload, large)
        client.publish("to/plain", large)
        self.assertEqual(other.receive().payload, large)

    def refuse(self, library, **options):
        """A server that the client has no reason to trust gets no session."""
        stranger = Authority(self.authority.folder, "stranger")
        client = ALL[library]()
        with self.assertRaisesRegex(Exception, "(?i)certificate"):
            client.connect(Settings(identifier=f"{library}-trusts-others", **{**options, "authority": stranger.path}))
        client.give_up()

    def secure(self):
        return {"port": self.secure_port, "host": "localhost", "authority": self.authority.path}

    def secure_web(self):
        return {**self.secure(), "port": self.secure_web_port, "websocket": "/mqtt"}

    def test_aiomqtt_over_tls(self):
        self.converse("aiomqtt", **self.secure())
        self.refuse("aiomqtt", **self.secure())

    def test_gmqtt_over_tls(self):
        self.converse("gmqtt", **self.secure())
        self.refuse("gmqtt", **self.secure())

    def test_awscrt_over_tls(self):
        # Whom it does not trust is not asked: it hides a handshake that failed for 10 to 30 s.
        self.converse("awscrt", **self.secure())

    def test_aiomqtt_over_websocket(self):
        self.converse("aiomqtt", port=self.web_port, websocket="/mqtt")

    def test_aiomqtt_over_websocket_and_tls(self):
        self.converse("aiomqtt", **self.secure_web())

    def test_awscrt_over_websocket(self):
        self.converse("awscrt", port=self.web_port, websocket="/mqtt")

    def test_awscrt_over_websocket_and_tls(self):
        self.converse("awscrt", **self.secure_web())


if __name__ == "__main__":
    unittest.main()
