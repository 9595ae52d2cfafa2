"""A client that does its work while others misbehave: requests at QoS 1, each answered by a second connection.

    canary.py PORT RATE: until its standard input ends; then prints what it saw as one line of JSON.
"""

import json
import socket
import struct
import sys
import threading
import time

from packets import connect, packet, publish, subscribe

SILENCE = 120.0
"""Seconds without an answer after which one counts as lost; no test depends on how soon it comes."""


class Line:
    """One connection of the canary, with its packets."""

    def __init__(self, port, client):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.lock = threading.Lock()
        self.send(connect(client))
        kind, body = self.read()
        assert kind == 0x20 and body[1] == 0, f"CONNACK {body!r}"

    def send(self, data):
        with self.lock:
            self.socket.sendall(data)

    def read(self):
        """First byte and body of the next packet."""
        first = self.file.read(1)
        if not first:
            raise ConnectionError("the broker closed the canary's connection")
        size = shift = 0
        while True:
            byte = self.file.read(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return first[0], self.file.read(size)

    def subscribe(self, name):
        self.send(subscribe(1, (name, 1)))
        kind, body = self.read()
        assert kind == 0x90 and body[-1] == 1, f"SUBACK {body!r}"


def message(body, qos=1):
    """Packet identifier and payload of a PUBLISH without properties."""
    size = struct.unpack_from(">H", body)[0]
    return struct.unpack_from(">H", body, 2 + size)[0], body[2 + size + 3 :]


class Canary:
    def __init__(self, port, rate):
        self.interval = 1 / rate
        self.sent, self.latencies, self.acknowledged = {}, [], 0
        self.error = None
        self.responder, self.requester = Line(port, "canary-responder"), Line(port, "canary-requester")
        self.responder.subscribe("canary/request")
        self.requester.subscribe("canary/answer")
        for work in (self._respond, self._receive):
            threading.Thread(target=work, daemon=True).start()

    def _note(self, error):
        self.error = self.error or f"{type(error).__name__}: {error}"

    def _respond(self):
        try:
            number = 0
            while True:
                kind, body = self.responder.read()
                if kind & 0xF0 == 0x30:
                    identifier, payload = message(body)
                    number = number % 60_000 + 1
                    self.responder.send(packet(0x40, struct.pack(">H", identifier)) + publish("canary/answer", payload, 1, number))
        except (OSError, ConnectionError) as error:
            self._note(error)

    def _receive(self):
        try:
            while True:
                kind, body = self.requester.read()
                if kind == 0x40:
                    self.acknowledged += 1
                elif kind & 0xF0 == 0x30:
                    identifier, payload = message(body)
                    began = self.sent.pop(payload, None)
                    # Late or twice: counted by what is missing, or more than was sent.
                    self.latencies.append(time.perf_counter() - began if began else float("inf"))
                    self.requester.send(packet(0x40, struct.pack(">H", identifier)))
        except (OSError, ConnectionError) as error:
            self._note(error)

    def run(self, ended):
        number = 0
        due = time.perf_counter()
        while not ended.is_set() and not self.error:
            number += 1
            payload = str(number).encode()
            # Measured from when it should have left, so that a stall counts for all that waited behind it.
            self.sent[payload] = due
            self.requester.send(publish("canary/request", payload, 1, number % 60_000 + 1))
            due += self.interval
            ended.wait(max(0, due - time.perf_counter()))
        end = time.monotonic() + SILENCE
        while (self.sent or self.acknowledged < number) and not self.error and time.monotonic() < end:
            time.sleep(0.01)
        return number

    def report(self, number):
        found = sorted(self.latencies)

        def at(share):
            return round(found[min(len(found) - 1, int(share * len(found)))] * 1000, 2) if found else None

        return {
            "requests": number,
            "acknowledged": self.acknowledged,
            "answered": len(found),
            "lost": len(self.sent),
            "p50_ms": at(0.5),
            "p99_ms": at(0.99),
            "p999_ms": at(0.999),
            "most_ms": at(1),
            "error": self.error,
        }


def main():
    canary = Canary(int(sys.argv[1]), float(sys.argv[2]))
    print("ready", flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    print(json.dumps(canary.report(canary.run(ended))), flush=True)


if __name__ == "__main__":
    main()
