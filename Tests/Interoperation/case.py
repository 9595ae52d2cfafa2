"""What the test cases share: a broker of their own, and everything that was started is ended."""

import subprocess
import unittest

from broker import LIMIT, Broker, wait_until
from peer import Peer
from tool import Tool


def only_ours(test):
    """Marks what mosquitto does not do, or does otherwise."""
    return unittest.skipUnless(Broker.is_ours(), "about our broker")(test)


class BrokerCase(unittest.TestCase):
    options = ()

    def setUp(self):
        self.broker = Broker(*self.options)
        self.addCleanup(self.broker.remove)

    def peer(self, identifier="", **options):
        """A connected paho client."""
        peer = Peer(self.broker.port, identifier, **{k: options.pop(k) for k in ("version",) if k in options})
        self.addCleanup(peer.crash)
        return peer.connect(**options)

    def wait_for_expiry(self):
        """Waits until a retained message that lives for two seconds is gone: so is an older one that lives for one, rounded or not."""
        probe = self.peer("probe")
        probe.publish("probe/kept", "kept", retain=True, MessageExpiryInterval=2)

        def is_gone():
            # Each subscription asks for it once more.
            probe.subscribe("probe/#")
            probe.publish("probe/end", "end")
            return probe.payloads_until("end") == []

        wait_until(is_gone, "a message expires")

    def tool(self, name, *arguments, version="mqttv5", **options):
        """The command line of one of mosquitto's clients."""
        return [name, "-h", "127.0.0.1", "-p", str(self.broker.port), "-V", version, *arguments]

    def run_tool(self, name, *arguments, input=None, check=True, **options):
        result = subprocess.run(
            self.tool(name, *arguments, **options), input=input, capture_output=True, text=True, timeout=LIMIT
        )
        if check:
            self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def start_tool(self, name, *arguments, **options):
        """Starts one of mosquitto's clients."""
        tool = Tool(self.tool(name, *arguments, **options))
        self.addCleanup(tool.remove)
        return tool

    def start_subscriber(self, *arguments, **options):
        """Starts mosquitto_sub and returns when its subscription is acknowledged."""
        tool = self.start_tool("mosquitto_sub", "-d", *arguments, **options)
        tool.wait_for_line("Subscribed")
        return tool
