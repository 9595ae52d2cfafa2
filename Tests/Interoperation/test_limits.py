"""What a peer sees past the limits on connections and rates."""

import socket
import unittest

from broker import LIMIT, wait_until
from case import BrokerCase, only_ours
from wire_peer import WirePeer


@only_ours
class ConnectionsPerAddress(BrokerCase):
    options = ("--limit", "connectionsPerAddress=3")

    def _connect(self, source):
        peer = socket.create_connection(("127.0.0.1", self.broker.port), timeout=LIMIT, source_address=(source, 0))
        self.addCleanup(peer.close)
        return peer

    def test_one_address_does_not_use_up_the_others_places(self):
        first = [self._connect("127.0.0.7") for _ in range(3)]
        self.assertEqual(self._connect("127.0.0.7").recv(1), b"", "closed at once")
        self.addCleanup(WirePeer(self.broker.port, "neighbour").crash)
        first.pop().close()

        def has_room():
            peer = self._connect("127.0.0.7")
            peer.settimeout(0.2)
            try:
                return peer.recv(1) != b""
            except TimeoutError:
                return True

        wait_until(has_room, "a place that was given back can be taken")


@only_ours
class ConnectDeadline(BrokerCase):
    options = ("--limit", "connectDeadline=1")

    def test_silence_is_ended(self):
        peer = socket.create_connection(("127.0.0.1", self.broker.port), timeout=LIMIT)
        self.addCleanup(peer.close)
        self.assertEqual(peer.recv(1), b"")

    def test_half_a_connect_is_ended(self):
        peer = socket.create_connection(("127.0.0.1", self.broker.port), timeout=LIMIT)
        self.addCleanup(peer.close)
        peer.sendall(b"\x10\x20\x00\x04MQ")
        self.assertEqual(peer.recv(1), b"")


@only_ours
class MessageRate(BrokerCase):
    options = ("--limit", "messagesPerSecond=50", "--limit", "messageBurst=10", "--limit", "disconnectsOverRate=1")

    def test_who_is_too_fast_is_told(self):
        peer = WirePeer(self.broker.port, "fast")
        self.addCleanup(peer.crash)
        peer.socket.sendall(b"\xc0\x00" * 100)
        self.assertTrue(peer.ended.wait(LIMIT))
        self.assertEqual(peer.disconnect_reason, 0x96)


if __name__ == "__main__":
    unittest.main()
