"""The state store's wire forms, written from the protocol's description alone: nothing here is shared with the broker."""

import os
import time

STORE = "statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8"
INVOKE = f"{STORE}/command/invoke"
COMMIT = "$martlet/v1/commit"
CHANGED = "$martlet/v1/changed"


def bulk(value):
    value = value if isinstance(value, bytes) else str(value).encode()
    return b"$%d\r\n%s\r\n" % (len(value), value)


def array(items):
    """An array: of bulk strings, or of what is encoded already (lists)."""
    parts = [array(item) if isinstance(item, (list, tuple)) else bulk(item) for item in items]
    return b"*%d\r\n" % len(parts) + b"".join(parts)


def parse(data):
    """One whole value; anything behind it is an error."""
    value, rest = _parse(data)
    assert rest == b"", f"bytes behind the value: {rest!r}"
    return value


def _parse(data):
    head, _, rest = data.partition(b"\r\n")
    kind, number = head[:1], head[1:]
    if kind == b"+":
        return number.decode(), rest
    if kind == b"-":
        return StoreError(number.decode()), rest
    if kind == b":":
        return int(number), rest
    if kind == b"$":
        size = int(number)
        if size < 0:
            return None, rest
        assert rest[size : size + 2] == b"\r\n", data
        return rest[:size], rest[size + 2 :]
    assert kind == b"*", data
    items = []
    for _ in range(int(number)):
        item, rest = _parse(rest)
        items.append(item)
    return items, rest


class StoreError(str):
    """The text after `-`."""


def timestamp(ahead=0.0, counter=0, node="test"):
    return f"{int((time.time() + ahead) * 1000):015d}:{counter:05d}:{node}"


def response_topics(client):
    """What the SDKs for Rust, Go and .NET choose."""
    upper = client.encode().hex().upper()
    return {
        "rust": f"clients/{client}/services/{INVOKE}/response",
        "go": f"clients/{upper}/{INVOKE}/response",
        "net": f"clients/{client}/{INVOKE}",
    }


def notification_topic(client, key):
    key = key if isinstance(key, bytes) else key.encode()
    return f"clients/{STORE}/{client.encode().hex().upper()}/command/notify/{key.hex().upper()}"


class StateClient:
    """Asks the store over a WirePeer."""

    def __init__(self, peer, style="rust"):
        self.peer = peer
        self.response = response_topics(peer.identifier)[style]
        assert peer.subscribe(self.response) == 1

    def _exchange(self, topic, payload, user):
        correlation = os.urandom(16)
        reason = self.peer.publish(topic, payload, response=self.response, correlation=correlation, expiry=10, user=user)
        if reason is None:
            return None
        while True:
            answer = self.peer.answer()
            if answer is None:
                return None
            self.peer.acknowledge(answer)
            if answer.properties["correlation"] == correlation:
                return answer

    def answer(self, *command, ts=True, ft=None, user=()):
        """The whole answer to a command, or None when the connection ended."""
        stamp = timestamp() if ts is True else ts
        pairs = [("__srcId", self.peer.identifier), ("__protVer", "1.0"), ("$partition", self.peer.identifier), ("$high_priority", "")]
        pairs += [("__ts", stamp)] if stamp else []
        pairs += [("__ft", ft)] if ft else []
        return self._exchange(INVOKE, array(command), pairs + list(user))

    def ask(self, *command, **options):
        """The value of the answer."""
        return parse(self.answer(*command, **options).payload)

    def commit(self, *commits):
        """The outcomes of commits, each a list of operations; None when the connection ended first."""
        answer = self._exchange(COMMIT, array(commits), [("__ts", timestamp())])
        return None if answer is None else parse(answer.payload)
