"""A proxy that ends a connection at a packet of the test's choice: before it arrives, or behind it."""

import socket
import threading
from collections import Counter

from broker import LIMIT

PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 3, 4, 5, 6, 7


class Cutter:
    """Passes bytes on between clients and the broker; `cut()` says which packet is the last, on one connection."""

    def __init__(self, port):
        self.target = port
        self.cuts = 0
        self._wish = None
        self._passed = Counter()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, packet, to_broker, delivered, after=0):
        """The connection ends at the packet of that kind and direction behind `after` others of it, which arrives or not."""
        with self._lock:
            self._wish = [packet, to_broker, delivered, after]

    def is_done(self):
        with self._lock:
            return self._wish is None

    def passed(self, packet, to_broker):
        """How many packets of that kind and direction were passed on."""
        with self._lock:
            return self._passed[packet, to_broker]

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self.target), timeout=LIMIT)
            except OSError:
                # The broker is down; the client will come again.
                client.close()
                continue
            broker.settimeout(None)
            self._sockets += [client, broker]
            for source, sink, to_broker in ((client, broker, True), (broker, client, False)):
                threading.Thread(target=self._pass, args=(source, sink, to_broker), daemon=True).start()

    def _pass(self, source, sink, to_broker):
        data = b""
        try:
            while True:
                part = source.recv(65_536)
                if not part:
                    break
                data += part
                while True:
                    length = self._packet_length(data)
                    if length is None or len(data) < length:
                        break
                    packet, data = data[:length], data[length:]
                    ends, arrives = self._decide(packet, to_broker)
                    if arrives:
                        sink.sendall(packet)
                        with self._lock:
                            self._passed[packet[0] >> 4, to_broker] += 1
                    if ends:
                        return
        except OSError:
            pass
        finally:
            for one in (source, sink):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _decide(self, packet, to_broker):
        """Whether the connection ends at the packet, and whether the packet arrives."""
        with self._lock:
            if self._wish is None or self._wish[:2] != [packet[0] >> 4, to_broker]:
                return False, True
            if self._wish[3] > 0:
                self._wish[3] -= 1
                return False, True
            delivered = self._wish[2]
            self._wish = None
            self.cuts += 1
            return True, delivered

    @staticmethod
    def _packet_length(data):
        value = shift = 0
        for at in range(1, min(len(data), 5)):
            value |= (data[at] & 0x7F) << shift
            shift += 7
            if data[at] < 0x80:
                return at + 1 + value
        return None

    def close(self):
        self._listener.close()
        for one in self._sockets:
            one.close()
