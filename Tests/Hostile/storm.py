"""Mutated packets over many connections, the same ones for the same seed.

    storm.py PORT SEED COUNT: prints what it sent as one line of JSON.
"""

import collections
import json
import random
import socket
import struct
import sys
import time

from packets import Mutator, connect, seeds

OPEN = 150
"""Connections that stay open behind the newest one, so that what a session holds is still there when the next ones come."""

CLIENTS = 30
"""Client identifiers in turn: sessions are taken over and resumed all the time."""

PATIENCE = 60.0
"""Seconds the broker may take to accept a connection."""


class Storm:
    def __init__(self, port, seed):
        self.port = port
        self.random = random.Random(seed)
        self.mutator = Mutator(self.random, seeds())
        self.open = collections.deque()
        self.connections = self.bytes = self.answered = self.cut = self.reset = 0
        self.mutants = 0

    def run(self, count):
        while self.mutants < count:
            self._one(min(count - self.mutants, 1 + int(self.random.expovariate(1 / 12))))
            while len(self.open) > OPEN:
                self._close(self.open.popleft())
        while self.open:
            self._close(self.open.popleft())

    def _one(self, count):
        """One connection: mostly CONNECT first, then mutants with a good packet between them now and then."""
        peer = self._connected()
        parts = []
        chance = self.random.random()
        if chance < 0.85:
            name = f"fuzz-{self.random.randrange(CLIENTS)}"
            version = self.random.choice((5, 5, 5, 4))
            parts.append(
                connect(name, version, self.random.random() < 0.5, self.random.choice((0, 1, 30)), self.random.choice((0, 2, 60)))
            )
        elif chance < 0.9:
            parts.append(b"\x10" + self.mutator.mutant()[1:])
        for _ in range(count):
            if self.random.random() < 0.4:
                parts.append(self.mutator.any())
            parts.append(self.mutator.mutant())
        self.mutants += count
        try:
            if chance < 0.4:
                # Answered first: what follows then meets a session, and not a CONNACK on its way.
                self._send(peer, parts.pop(0))
                peer.recv(4096)
            if self.random.random() < 0.1:
                # In small pieces, cut anywhere.
                whole = b"".join(parts)
                while whole:
                    size = self.random.choice((1, 3, 50, 4000))
                    self._send(peer, whole[:size])
                    whole = whole[size:]
            else:
                self._send(peer, b"".join(parts))
        except OSError:
            # The broker has closed: what it was told to do with such packets.
            self.cut += 1
        self.open.append(peer)

    def _connected(self):
        self.connections += 1
        end = time.monotonic() + PATIENCE
        while True:
            peer = socket.socket()
            peer.settimeout(PATIENCE)
            # One address has about 28,000 ports, and they rest for a minute after use.
            peer.bind((f"127.0.2.{self.connections % 200 + 1}", 0))
            try:
                peer.connect(("127.0.0.1", self.port))
                return peer
            except OSError:
                peer.close()
                if time.monotonic() > end:
                    raise

    def _send(self, peer, data):
        peer.sendall(data)
        self.bytes += len(data)

    def _close(self, peer):
        """Waits until the broker has read what was sent, and goes: in order, or by a reset as soon as it said something."""
        try:
            peer.settimeout(PATIENCE)
            if self.random.random() < 0.3:
                if peer.recv(65_536):
                    self.answered += 1
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                peer.shutdown(socket.SHUT_WR)
                size = 0
                while part := peer.recv(65_536):
                    size += len(part)
                self.answered += size > 0
        except TimeoutError:
            raise AssertionError(f"the broker left a connection alone for {PATIENCE:.0f} s") from None
        except OSError:
            # A reset: the broker closed while more of ours was on its way.
            self.reset += 1
        peer.close()


def main():
    port, seed, count = (int(argument) for argument in sys.argv[1:4])
    storm = Storm(port, seed)
    began = time.monotonic()
    storm.run(count)
    seconds = time.monotonic() - began
    print(
        json.dumps(
            {
                "seed": seed,
                "mutated_packets": storm.mutants,
                "connections": storm.connections,
                "megabytes": round(storm.bytes / 1e6, 1),
                "connections_answered": storm.answered,
                "connections_cut_while_sending": storm.cut,
                "connections_reset_by_the_broker": storm.reset,
                "seconds": round(seconds, 1),
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
