"""A paho client whose events are waited for, with no thread that reconnects behind the test's back."""

import queue
import socket
import threading

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from broker import LIMIT


def properties(packet, values):
    """Properties by their names in the specification without blanks: `MessageExpiryInterval=5`."""
    result = Properties(packet)
    for name, value in values.items():
        setattr(result, name, value)
    return result


class Peer:
    def __init__(self, port, identifier, version=5):
        self.port = port
        self.identifier = identifier
        self.version = version
        self.messages = queue.Queue()
        self._connected = queue.Queue()
        self._subscribed = queue.Queue()
        self._unsubscribed = queue.Queue()
        self._disconnected = queue.Queue()
        self._published = {}
        self._stop = threading.Event()
        self._thread = None
        self.hold = None
        """An event that every delivery waits for before it is acknowledged."""
        self.client = None
        self.session_present = None
        self.connack = None

    def _make_client(self, clean):
        protocol = paho.MQTTv5 if self.version == 5 else paho.MQTTv311
        options = {} if self.version == 5 else {"clean_session": clean}
        first = [paho.CallbackAPIVersion.VERSION1] if hasattr(paho, "CallbackAPIVersion") else []
        client = paho.Client(*first, client_id=self.identifier, protocol=protocol, **options)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_subscribe = lambda c, u, mid, codes, *rest: self._subscribed.put([int(getattr(x, "value", x)) for x in codes])
        client.on_unsubscribe = self._on_unsubscribe
        client.on_disconnect = self._on_disconnect
        self._read_reason(client)
        return client

    def _read_reason(self, client):
        """paho 1.6 does not read the reason of a DISCONNECT without properties."""
        self._reason = None
        handle = client._handle_disconnect

        def note():
            packet = client._in_packet["packet"]
            self._reason = packet[0] if packet else 0
            return handle()

        client._handle_disconnect = note

    def _on_disconnect(self, client, userdata, code, *rest):
        self._disconnected.put(int(getattr(code, "value", code)) if self._reason is None else self._reason)

    def connect(self, clean=True, expiry=None, will=None, keepalive=60, expect=0, loop=True, **connect):
        """Connects and waits for CONNACK. `will`: topic, payload, QoS, retain and properties."""
        self._stop.clear()
        self.client = self._make_client(clean)
        if will:
            topic, payload, qos, retain, values = will
            extra = {"properties": properties(PacketTypes.WILLMESSAGE, values)} if self.version == 5 else {}
            self.client.will_set(topic, payload, qos, retain, **extra)
        options = {}
        if self.version == 5:
            if expiry is not None:
                connect["SessionExpiryInterval"] = expiry
            options = {"clean_start": clean, "properties": properties(PacketTypes.CONNECT, connect)}
        self.client.connect("127.0.0.1", self.port, keepalive, **options)
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()
        code = self._connected.get(timeout=LIMIT)
        if code != expect:
            raise AssertionError(f"CONNACK {code:#x}, not {expect:#x}")
        if not loop:
            self._stop.set()
            self._thread.join(LIMIT)
        return self

    def _loop(self):
        try:
            while not self._stop.is_set() and self.client.loop(0.05) == paho.MQTT_ERR_SUCCESS:
                pass
        except OSError:
            # A crash closed the socket under paho's hands.
            return

    def _on_connect(self, client, userdata, flags, code, values=None):
        self.session_present = flags["session present"]
        self.connack = values
        self._connected.put(int(getattr(code, "value", code)))

    def _on_unsubscribe(self, client, userdata, mid, values=None, codes=None):
        codes = codes if isinstance(codes, list) else [codes]
        self._unsubscribed.put([int(getattr(x, "value", 0)) for x in codes])

    def _on_message(self, client, userdata, message):
        self.messages.put(message)
        if self.hold is not None:
            self.hold.wait(LIMIT)

    def subscribe(self, topic, qos=1, identifier=None, **options):
        """Returns the reason codes of SUBACK."""
        if self.version == 5:
            values = {} if identifier is None else {"SubscriptionIdentifier": identifier}
            self.client.subscribe(
                topic, options=SubscribeOptions(qos=qos, **options), properties=properties(PacketTypes.SUBSCRIBE, values)
            )
        else:
            self.client.subscribe(topic, qos)
        return self._subscribed.get(timeout=LIMIT)

    def unsubscribe(self, topic):
        """Returns the reason codes of UNSUBACK."""
        self.client.unsubscribe(topic)
        return self._unsubscribed.get(timeout=LIMIT)

    def publish(self, topic, payload=b"", qos=1, retain=False, wait=True, **values):
        """Publishes, and waits for the acknowledgement at QoS 1."""
        extra = {"properties": properties(PacketTypes.PUBLISH, values)} if self.version == 5 else {}
        sent = self.client.publish(topic, payload, qos, retain, **extra)
        if wait and qos > 0:
            sent.wait_for_publish(LIMIT)
            if not sent.is_published():
                raise AssertionError(f"{topic} was not acknowledged")
        return sent

    def receive(self):
        """The next message."""
        try:
            return self.messages.get(timeout=LIMIT)
        except queue.Empty:
            raise AssertionError("no message came") from None

    def payloads(self, count):
        return [self.receive().payload.decode() for _ in range(count)]

    def payloads_until(self, last):
        """The payloads of all messages before the one with this payload, which was sent last."""
        seen = []
        while True:
            payload = self.receive().payload.decode()
            if payload == last:
                return seen
            seen.append(payload)

    def wait_for_end(self):
        """The reason for which the connection ended."""
        return self._disconnected.get(timeout=LIMIT)

    def disconnect(self, reason=None):
        """Says good-bye."""
        if self.version == 5:
            self.client.disconnect(**({} if reason is None else {"reasoncode": reason}))
        else:
            self.client.disconnect()
        self._thread.join(LIMIT)
        self._stop.set()

    def crash(self):
        """Ends the connection without a word, and without an acknowledgement of what is held."""
        self._stop.set()
        if self.client is not None and self.client.socket() is not None:
            try:
                self.client.socket().shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self.hold is not None:
            self.hold.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(LIMIT)
        if self.client is not None and self.client.socket() is not None:
            self.client.socket().close()
