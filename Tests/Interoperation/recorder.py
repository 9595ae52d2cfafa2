"""A proxy that keeps what is published through it: what a library hands to its user hides what went over the wire."""

from cutter import PUBLISH, Cutter
from wire_peer import TOPIC_ALIAS, Message


class Recorder(Cutter):
    """For one connection after the other; the packets of several at once would be mixed."""

    def __init__(self, port):
        self._seen = {True: [], False: []}
        super().__init__(port)

    def _decide(self, packet, to_broker):
        # Before it goes on, so that what somebody received stands here.
        if packet[0] >> 4 == PUBLISH:
            start = next(at for at in range(1, 5) if packet[at] < 0x80) + 1
            with self._lock:
                self._seen[to_broker].append(Message(packet[0] & 0x0F, packet[start:]))
        return super()._decide(packet, to_broker)

    def published(self, to_broker):
        """The messages so far in that direction, as they were written."""
        with self._lock:
            return list(self._seen[to_broker])

    def aliases(self, to_broker):
        """Topic and alias of each of them."""
        return [(message.topic, message.properties.get(TOPIC_ALIAS)) for message in self.published(to_broker)]

    def forget(self):
        with self._lock:
            self._seen = {True: [], False: []}
