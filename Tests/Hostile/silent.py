"""Connections that say nothing: half of them not even CONNECT, half with CONNECT and nothing behind it.

    silent.py PORT COUNT: until its standard input ends; then prints what it saw as one line of JSON.
    Those the broker closes (it does at its deadline for CONNECT) are opened again, so that as many are open all the time.
"""

import errno
import json
import select
import socket
import sys

from packets import connect

BATCH = 200
"""Connections that are being opened at one time."""


class Silent:
    def __init__(self, port, count):
        self.port, self.count = port, count
        self.poll = select.epoll()
        self.open = {}
        self.held = {}
        self.number = 0
        self.reopened = 0
        self.refused = 0

    def start_one(self, speaks):
        peer = socket.socket()
        peer.setblocking(False)
        # One address has about 28,000 ports for one destination.
        peer.bind((f"127.0.1.{self.number // 20_000 + 1}", 0))
        self.number += 1
        result = peer.connect_ex(("127.0.0.1", self.port))
        if result not in (0, errno.EINPROGRESS):
            peer.close()
            self.refused += 1
            return
        self.open[peer.fileno()] = (peer, speaks)
        self.poll.register(peer.fileno(), select.EPOLLOUT | select.EPOLLIN | select.EPOLLRDHUP)

    def step(self, timeout):
        """Handles what happened; the broker's closing is answered with another connection."""
        for descriptor, events in self.poll.poll(timeout):
            if descriptor in self.open and events & select.EPOLLOUT:
                peer, speaks = self.open.pop(descriptor)
                try:
                    if speaks:
                        peer.send(connect(f"silent-{self.number}-{descriptor}"))
                except OSError:
                    self._drop(descriptor, peer)
                    continue
                self.held[descriptor] = (peer, speaks)
                self.poll.modify(descriptor, select.EPOLLIN | select.EPOLLRDHUP)
                continue
            peer, speaks = self.held.get(descriptor) or self.open[descriptor]
            ended = bool(events & (select.EPOLLHUP | select.EPOLLERR))
            if not ended:
                try:
                    ended = not peer.recv(4096)
                except BlockingIOError:
                    continue
                except OSError:
                    ended = True
            if ended:
                self._drop(descriptor, peer)
                self.reopened += 1

    def _drop(self, descriptor, peer):
        self.held.pop(descriptor, None)
        self.open.pop(descriptor, None)
        self.poll.unregister(descriptor)
        peer.close()

    def fill(self):
        speaking = sum(1 for _, speaks in self.held.values() if speaks) + sum(1 for _, speaks in self.open.values() if speaks)
        while len(self.held) + len(self.open) < self.count and len(self.open) < BATCH:
            speaks = speaking < self.count // 2
            speaking += speaks
            self.start_one(speaks)


def main():
    silent = Silent(int(sys.argv[1]), int(sys.argv[2]))
    silent.poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
    told = False
    least = None
    while True:
        silent.fill()
        ended = any(descriptor == sys.stdin.fileno() for descriptor, _ in _peek(silent))
        if ended:
            break
        if not told and len(silent.held) >= silent.count:
            told = True
            print("ready", flush=True)
        if told:
            least = len(silent.held) if least is None else min(least, len(silent.held))
    speaking = sum(1 for _, speaks in silent.held.values() if speaks)
    print(
        json.dumps(
            {
                "held_at_the_end": len(silent.held),
                "least_held": least,
                "with_connect": speaking,
                "closed_by_the_broker_and_opened_again": silent.reopened,
                "refused": silent.refused,
            }
        ),
        flush=True,
    )


def _peek(silent):
    """One step; what it found of our standard input."""
    found = [(sys.stdin.fileno(), 0)] if select.select([sys.stdin], [], [], 0)[0] else []
    if not found:
        silent.poll.unregister(sys.stdin.fileno())
        silent.step(0.05)
        silent.poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
    return found


if __name__ == "__main__":
    main()
