"""Packets to begin with, and what becomes of them: the table of Tests/PacketCases, and mutations of it by a seed."""

import pathlib
import re

WORD = re.compile(r'"((?:[^"\\]|\\\n\s*)*)"')
SMALL_INTEGERS = [0, 1, 2, 127, 128, 255]


def varint(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return len(value).to_bytes(2, "big") + value


def packet(first, body):
    return bytes([first]) + varint(len(body)) + body


def connect(client, version=5, clean=True, keep_alive=0, expiry=0, extra=b""):
    properties = b""
    if version == 5:
        properties = (b"\x11" + expiry.to_bytes(4, "big") if expiry else b"") + extra
        properties = varint(len(properties)) + properties
    return packet(
        0x10, text("MQTT") + bytes([version, 2 if clean else 0]) + keep_alive.to_bytes(2, "big") + properties + text(client)
    )


def publish(topic, payload, qos=0, identifier=1, retain=False, properties=b""):
    body = text(topic) + (identifier.to_bytes(2, "big") if qos else b"") + varint(len(properties)) + properties + payload
    return packet(0x30 | qos << 1 | retain, body)


def subscribe(identifier, *filters):
    return packet(0x82, identifier.to_bytes(2, "big") + b"\0" + b"".join(text(name) + bytes([options]) for name, options in filters))


def notation(words):
    """The bytes of Tests/PacketCases/PacketNotation.swift; None for what is not written in it."""
    stack = [b""]
    for word in words.split():
        if word in "[(":
            stack.append(b"")
        elif word in "])":
            if len(stack) < 2:
                return None
            content = stack.pop()
            if word == ")" and len(content) > 65_535:
                return None
            stack[-1] += (varint(len(content)) if word == "]" else len(content).to_bytes(2, "big")) + content
        else:
            part = _word(word)
            if part is None:
                return None
            stack[-1] += part
    return stack[0] if len(stack) == 1 else None


def _word(word):
    body, star, times = word.rpartition("*")
    if star and times.isdigit():
        part = _word(body)
        return None if part is None or len(part) * int(times) > 1 << 17 else part * int(times)
    if len(word) >= 2 and word[0] == "'" and word[-1] == "'":
        return word[1:-1].encode()
    if len(word) >= 3 and word[:2] == "s'" and word[-1] == "'":
        return text(word[2:-1])
    return bytes.fromhex(word) if re.fullmatch("[0-9A-Fa-f]{2}", word) else None


def seeds():
    """Every packet of the table that stands there without a name to fill in, and some of our own that do something."""
    found = {}
    folder = pathlib.Path(__file__).resolve().parent.parent / "PacketCases"
    for path in sorted(folder.rglob("*.swift")):
        for match in WORD.finditer(path.read_text().replace('"""', '"')):
            value = notation(re.sub(r"\\\n\s*", " ", match.group(1)))
            if value and len(value) >= 2 and value[0] >> 4:
                found[value] = None
    if len(found) < 150:
        raise AssertionError(f"only {len(found)} packets were found in {folder}")
    return list(found) + _living()


def _living():
    """Packets of a client that works: they change sessions, subscriptions, retained messages and keys."""
    topics = ["f/a", "f/b/c", "f/" + "x/" * 40 + "y", "f/\u00e9", "$share/f/f/#"]
    state = publish(
        "$martlet/v1/state/invoke", b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n", 1, 7, properties=b"\x08" + text("f/answer") + b"\x09" + text(b"12345678")
    )
    return [
        connect("fuzz-1"),
        connect("fuzz-2", clean=False, expiry=60),
        connect("fuzz-3", version=4),
        connect("fuzz-4", clean=False, expiry=5, extra=b"\x21\x00\x01\x22\x00\x05\x26" + text("martlet") + text("1")),
        publish(topics[0], b"payload"),
        publish(topics[1], b"payload", 1, 3),
        publish(topics[2], b"x" * 700, 2, 4),
        publish(topics[3], b"", 0, retain=True),
        publish(topics[0], b"kept", 1, 9, retain=True, properties=b"\x02\x00\x00\x00\x05"),
        subscribe(1, (topics[0], 1), ("f/#", 2), ("f/+/c", 0)),
        subscribe(2, (topics[4], 1)),
        subscribe(3, ("#", 1), ("+/+", 0x2C), ("$SYS/#", 0)),
        packet(0xA2, b"\0\4\0" + text("f/#") + text(topics[4])),
        *(packet(first, identifier.to_bytes(2, "big")) for first in (0x40, 0x50, 0x62, 0x70) for identifier in (1, 2, 3, 4)),
        packet(0xC0, b""),
        packet(0xE0, b""),
        packet(0xE0, b"\x04\0"),
        state,
    ]


class Mutator:
    """Packets made of others, the same ones for the same seed."""

    def __init__(self, random, known):
        self.random = random
        self.known = known

    def any(self):
        return self.random.choice(self.known)

    def mutant(self):
        """A packet with one to four things changed; its length is put right three times in four, so that more than the header is read."""
        random = self.random
        data = bytearray(self.any())
        if len(data) > 8192 and random.random() < 0.99:
            data = data[: random.randrange(2, 200)]
        for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
            self._change(data)
        if random.random() < 0.75:
            data = self._with_right_length(data)
        return bytes(data)

    def _change(self, data):
        random = self.random
        at = random.randrange(len(data)) if data else 0
        kind = random.randrange(9)
        if not data or kind == 0:
            data[at:at] = random.randbytes(random.choice((1, 1, 2, 4, 16)))
        elif kind == 1:
            data[at] ^= 1 << random.randrange(8)
        elif kind == 2:
            data[at] = random.choice(SMALL_INTEGERS)
        elif kind == 3:
            del data[at : at + random.choice((1, 1, 2, 8))]
        elif kind == 4:
            del data[at + 1 :]
        elif kind == 5:
            end = min(len(data), at + random.choice((1, 4, 32)))
            data[at:at] = data[at:end] * random.choice((1, 2, 64))
        elif kind == 6:
            other = self.any()
            cut = random.randrange(len(other))
            data[at:] = other[cut : cut + 4096]
        elif kind == 7:
            data[at : at + 2] = random.choice((0, 1, 0xFF, 0xFFFF, len(data) & 0xFFFF)).to_bytes(2, "big")
        else:
            data[0] = data[0] & 0xF0 | random.randrange(16) if random.random() < 0.5 else random.randrange(256)

    @staticmethod
    def _with_right_length(data):
        end = 1
        while end < min(len(data), 5) and data[end] & 0x80:
            end += 1
        body = bytes(data[end + 1 :])
        return bytearray(data[:1]) + varint(min(len(body), 268_435_455)) + body
