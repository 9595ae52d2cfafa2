"""A small MQTT 5 client of our own over a socket, for what paho cannot do: an acknowledgement in the test's hand, and any user property."""

import queue
import socket
import struct
import threading

from broker import LIMIT

TOPIC_ALIAS = 0x23
USER_PROPERTY = 0x26
INTEGERS = {0x01: 1, 0x02: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x18: 4, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1}
TEXTS = {0x03: "content_type", 0x08: "response_topic", 0x12: "assigned", 0x15: "method", 0x1A: "information", 0x1C: "reference", 0x1F: "reason"}


def varint(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(value)) + value


def user_properties(pairs):
    return b"".join(bytes([USER_PROPERTY]) + text(name) + text(value) for name, value in pairs)


class Reader:
    """Reads the fields of one packet."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self):
        return self.take(self.integer(2))

    def varint(self):
        value = shift = 0
        while True:
            byte = self.integer(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def properties(self):
        """Identifier to value; user properties as a list of pairs under 'user'."""
        found = {"user": []}
        end = self.varint() + self.at
        while self.at < end:
            identifier = self.varint()
            if identifier == USER_PROPERTY:
                found["user"].append((self.text().decode(), self.text().decode()))
            elif identifier in INTEGERS:
                found[identifier] = self.integer(INTEGERS[identifier])
            elif identifier in TEXTS:
                found[TEXTS[identifier]] = self.text().decode()
            elif identifier == 0x09:
                found["correlation"] = self.text()
            elif identifier == 0x0B:
                found.setdefault("identifiers", []).append(self.varint())
            else:
                raise AssertionError(f"a property {identifier:#x} that no server sends here")
        return found


class Message:
    """A PUBLISH that came."""

    def __init__(self, flags, body):
        reader = Reader(body)
        self.qos, self.dup, self.retain = flags >> 1 & 3, bool(flags & 8), bool(flags & 1)
        self.topic = reader.text().decode()
        self.packet_identifier = reader.integer(2) if self.qos else None
        self.properties = reader.properties()
        self.payload = body[reader.at :]

    def user(self, name):
        """The only value of a user property, or None."""
        values = [value for key, value in self.properties["user"] if key == name]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


class WirePeer:
    """Connects, and hands every PUBLISH to the test: nothing is acknowledged unless it says so."""

    def __init__(self, port, identifier, clean=True, expiry=0, receive_maximum=1000, user=()):
        self.identifier = identifier
        self.messages = queue.Queue()
        self.answers = queue.Queue()
        self._replies = queue.Queue()
        self._next = 0
        self._lock = threading.Lock()
        self.disconnect_reason = None
        self.ended = threading.Event()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        properties = b"\x11" + struct.pack(">I", expiry) + b"\x21" + struct.pack(">H", receive_maximum) + user_properties(user)
        body = text("MQTT") + bytes([5, 2 if clean else 0]) + struct.pack(">H", 0) + varint(len(properties)) + properties + text(identifier)
        self._send(0x10, body)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        kind, reply = self._wait_for_reply()
        assert kind == 0x20 and reply[1] == 0, f"CONNACK {reply!r}"
        self.session_present = bool(reply[0])
        self.connack = Reader(reply[2:]).properties()

    def _send(self, first, body):
        with self._lock:
            self.socket.sendall(bytes([first]) + varint(len(body)) + body)

    def _take(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def _read(self):
        try:
            self.socket.settimeout(None)
            while True:
                first = self._take(1)[0]
                size = shift = 0
                while True:
                    byte = self._take(1)[0]
                    size |= (byte & 0x7F) << shift
                    shift += 7
                    if byte < 0x80:
                        break
                self._receive(first, self._take(size))
        except (ConnectionError, OSError):
            self.ended.set()
            self._replies.put((0, b""))
            self.answers.put(None)

    def _receive(self, first, body):
        if first & 0xF0 == 0x30:
            message = Message(first & 0x0F, body)
            assert TOPIC_ALIAS not in message.properties, "a topic alias for a client that takes none"
            (self.answers if "correlation" in message.properties else self.messages).put(message)
        elif first == 0xE0:
            self.disconnect_reason = body[0] if body else 0
        else:
            self._replies.put((first, body))

    def _wait_for_reply(self):
        """The next answer of the broker; of kind 0, for ever after, when the connection ended."""
        reply = self._replies.get(timeout=LIMIT)
        if reply[0] == 0:
            self._replies.put(reply)
        return reply

    def answer(self):
        """The next message with correlation data; None, for ever after, when the connection ended."""
        answer = self.answers.get(timeout=LIMIT)
        if answer is None:
            self.answers.put(None)
        return answer

    def subscribe(self, topic, qos=1):
        self._next += 1
        self._send(0x82, struct.pack(">H", self._next) + b"\0" + text(topic) + bytes([qos]))
        while True:
            kind, reply = self._wait_for_reply()
            if kind == 0x90:
                return reply[-1]
            assert kind == 0x40, f"{kind:#x} in place of a SUBACK"

    def publish(self, topic, payload, qos=1, response=None, correlation=None, expiry=None, user=(), wait=True):
        """Sends; with `wait`, returns the reason code of the PUBACK, or None when the connection ended first."""
        payload = payload if isinstance(payload, bytes) else payload.encode()
        properties = user_properties(user)
        if expiry is not None:
            properties += b"\x02" + struct.pack(">I", expiry)
        if response is not None:
            properties += b"\x08" + text(response)
        if correlation is not None:
            properties += b"\x09" + text(correlation)
        self._next = self._next % 65_535 + 1
        identifier = struct.pack(">H", self._next) if qos else b""
        body = text(topic) + identifier + varint(len(properties)) + properties + payload
        try:
            self._send(0x30 | qos << 1, body)
        except OSError:
            return None
        if not wait or not qos:
            return None
        kind, reply = self._wait_for_reply()
        if kind == 0:
            return None
        assert kind == 0x40 and reply[:2] == identifier, f"{kind:#x} {reply!r} in place of a PUBACK"
        return reply[2] if len(reply) > 2 else 0

    def receive(self):
        """The next message that is no answer."""
        return self.messages.get(timeout=LIMIT)

    def acknowledge(self, message):
        """Sends PUBACK; on a connection that ended, nothing."""
        try:
            self._send(0x40, struct.pack(">H", message.packet_identifier))
        except OSError:
            self.ended.set()

    def close(self):
        """Says good-bye, and waits for the broker to close."""
        try:
            self._send(0xE0, b"")
        except OSError:
            pass
        self.ended.wait(LIMIT)
        self.socket.close()

    def crash(self):
        """Ends the connection without a word."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join(LIMIT)
        self.socket.close()
