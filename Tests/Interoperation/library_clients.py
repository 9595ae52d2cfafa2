"""Client libraries from PyPI behind one face, so that the same conversations can be held with each of them.

A client has `connect`, `subscribe`, `publish`, `receive`, `disconnect`, `crash` and `come_back`; every call waits for what it asks
for, `publish` at QoS 1 and 2 for the end of the handshake.
"""

import asyncio
import logging
import queue
import ssl
import threading
from dataclasses import dataclass, field

from broker import LIMIT


@dataclass
class Message:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: dict = field(default_factory=dict)
    """By the names of the arguments of `publish`; those that a library does not show are missing."""


@dataclass
class Will:
    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    delay: int = 0


@dataclass
class Settings:
    """How to connect."""

    port: int
    identifier: str
    clean: bool = True
    expiry: int = 0
    will: Will = None
    authority: str = None
    """The certificate of the authority to trust; with it TLS is spoken."""
    websocket: str = None
    """The path of the WebSocket; with it WebSocket is spoken."""
    host: str = "127.0.0.1"
    aliases: int = 0
    """The highest topic alias that the client takes."""


class LoopThread:
    """An event loop of its own thread."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(LIMIT)

    def call(self, function):
        async def work():
            return function()

        return self.run(work())

    def end(self):
        self.loop.call_soon_threadsafe(self._stop)
        self._thread.join(LIMIT)
        self.loop.close()

    def _stop(self):
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        # Behind the tasks, which are told in the meantime.
        self.loop.call_soon(self.loop.stop)


class LibraryClient:
    """What the clients share."""

    chooses_aliases = False
    """Whether the library itself decides which topic gets an alias; else `publish` has an argument for it."""

    forgets_received = False
    """Whether a QoS 2 message that comes a second time is handed over a second time, which §4.3.3 forbids to a receiver."""

    def __init__(self):
        self.messages = queue.Queue()
        self.session_present = None

    def receive(self):
        try:
            return self.messages.get(timeout=LIMIT)
        except queue.Empty:
            raise AssertionError("no message came") from None

    def receive_until(self, payload):
        """The payloads of all messages up to one that was sent last."""
        seen = []
        while True:
            message = self.receive()
            if message.payload == payload:
                return seen
            seen.append(message.payload)

    def give_up(self):
        """Ends what is left where `connect` failed."""
        self._thread.end()

    def come_back(self):
        """Connects again after the connection broke, where the library does not do that by itself."""


class AiomqttClient(LibraryClient):
    """aiomqtt, which stands on paho-mqtt."""

    NAMES = {
        "response_topic": "ResponseTopic",
        "correlation": "CorrelationData",
        "expiry": "MessageExpiryInterval",
        "content_type": "ContentType",
        "user": "UserProperty",
        "alias": "TopicAlias",
    }

    def connect(self, settings):
        import aiomqtt
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        self._packet_types, self._properties = PacketTypes, Properties
        values = Properties(PacketTypes.CONNECT)
        values.SessionExpiryInterval = settings.expiry
        if settings.aliases:
            # It has no table of them: a message without a topic is an error to it.
            raise NotImplementedError("aiomqtt takes no aliases")
        will = None
        if settings.will:
            extra = Properties(PacketTypes.WILLMESSAGE)
            extra.WillDelayInterval = settings.will.delay
            will = aiomqtt.Will(settings.will.topic, settings.will.payload, settings.will.qos, settings.will.retain, extra)
        self._thread = LoopThread()
        self._thread.loop.set_exception_handler(self._on_loop_error)
        context = ssl.create_default_context(cafile=settings.authority) if settings.authority else None

        async def start():
            self._client = aiomqtt.Client(
                settings.host,
                settings.port,
                identifier=settings.identifier,
                protocol=aiomqtt.ProtocolVersion.V5,
                clean_start=settings.clean,
                properties=values,
                will=will,
                tls_context=context,
                transport="websockets" if settings.websocket else "tcp",
                websocket_path=settings.websocket,
                timeout=LIMIT,
            )
            self._watch_connack(self._client._client)
            await self._client.__aenter__()
            self._begin()

        self._thread.run(start())
        return self

    @staticmethod
    def _on_loop_error(loop, context):
        # aiomqtt gives the loop sockets that broke in the meantime.
        if not isinstance(context.get("exception"), OSError):
            loop.default_exception_handler(context)

    def _begin(self):
        self._descriptor = self._client._client.socket().fileno()
        self._task = asyncio.get_running_loop().create_task(self._take())

    def _watch_connack(self, client):
        """aiomqtt does not show whether there was a session."""
        on_connect = client.on_connect

        def note(client, data, flags, code, values):
            self.session_present = flags.session_present
            self.connack = values
            on_connect(client, data, flags, code, values)

        client.on_connect = note

    async def _take(self):
        import aiomqtt

        try:
            async for message in self._client.messages:
                found = {key: getattr(message.properties, name, None) for key, name in self.NAMES.items()}
                self.messages.put(Message(str(message.topic), message.payload, message.qos, message.retain, found))
        except aiomqtt.MqttError:
            return

    def come_back(self):
        async def work():
            # The messages end with the connection. Then one leaves the context, and enters it again.
            await asyncio.wait_for(self._task, LIMIT)
            await self._client.__aexit__(None, None, None)
            # aiomqtt may leave a broken socket with the loop as one to write to, and the next socket often has the same number.
            asyncio.get_running_loop().remove_writer(self._descriptor)
            await self._client.__aenter__()
            self._begin()

        self._thread.run(work())

    def subscribe(self, name, qos=1):
        codes = self._thread.run(self._client.subscribe(name, qos=qos))
        return int(getattr(codes[0], "value", codes[0]))

    def publish(self, topic, payload, qos=1, retain=False, **values):
        extra = self._properties(self._packet_types.PUBLISH)
        for key, value in values.items():
            setattr(extra, self.NAMES[key], value)
        self._thread.run(self._client.publish(topic, payload, qos, retain, properties=extra))

    def disconnect(self):
        self._thread.run(self._client.__aexit__(None, None, None))
        self._thread.end()

    def crash(self):
        import socket

        raw = self._client._client.socket()
        if raw is not None:
            self._thread.call(lambda: getattr(raw, "_socket", raw).shutdown(socket.SHUT_RDWR))
        self._thread.end()


class GmqttClient(LibraryClient):
    """gmqtt, a client of its own; it comes back by itself."""

    forgets_received = True
    NAMES = {
        "correlation": "correlation_data",
        "expiry": "message_expiry_interval",
        "user": "user_property",
        "alias": "topic_alias",
    }

    def connect(self, settings):
        import gmqtt
        from gmqtt.storage import PersistentStorage

        # It warns of every connection that a test breaks.
        logging.getLogger("gmqtt").setLevel(logging.ERROR)
        self._thread = LoopThread()
        context = ssl.create_default_context(cafile=settings.authority) if settings.authority else False

        async def start():
            will = None
            if settings.will:
                will = gmqtt.Message(
                    settings.will.topic,
                    settings.will.payload,
                    qos=settings.will.qos,
                    retain=settings.will.retain,
                    will_delay_interval=settings.will.delay,
                )
            self._unanswered = PersistentStorage()
            self._client = gmqtt.Client(
                settings.identifier,
                clean_session=settings.clean,
                will_message=will,
                persistent_storage=self._unanswered,
                session_expiry_interval=settings.expiry,
                **({"topic_alias_maximum": settings.aliases} if settings.aliases else {}),
            )
            # A client that was taken over must not take over in turn; what has a session comes back to it at once, as often as it takes.
            self._client.set_config(
                {"reconnect_retries": 0} if settings.clean else {"reconnect_retries": -1, "reconnect_delay": 0.05}
            )
            connected = asyncio.get_running_loop().create_future()
            self._granted = asyncio.Queue()

            def on_connect(client, flags, code, values):
                if not connected.done():
                    connected.set_result((flags, values))

            self._client.on_connect = on_connect
            self._client.on_message = self._on_message
            self._client.on_subscribe = lambda client, identifier, codes, values: self._granted.put_nowait(codes[0])
            self._client.on_disconnect = lambda *arguments: None
            await self._client.connect(settings.host, settings.port, ssl=context, keepalive=60)
            flags, self.connack = await asyncio.wait_for(connected, LIMIT)
            self.session_present = bool(flags & 1)

        self._thread.run(start())
        return self

    def _on_message(self, client, topic, payload, qos, values):
        found = {
            "response_topic": (values.get("response_topic") or [None])[0],
            "correlation": (values.get("correlation_data") or [None])[0],
            "expiry": (values.get("message_expiry_interval") or [None])[0],
            "content_type": (values.get("content_type") or [None])[0],
            "user": values.get("user_property"),
        }
        self.messages.put(Message(topic, payload, qos, bool(values.get("retain")), found))
        return 0

    def subscribe(self, name, qos=1):
        async def work():
            self._client.subscribe(name, qos=qos)
            return await asyncio.wait_for(self._granted.get(), LIMIT)

        return self._thread.run(work())

    def publish(self, topic, payload, qos=1, retain=False, **values):
        extra = {self.NAMES.get(key, key): value for key, value in values.items()}

        async def work():
            self._client.publish(topic, payload, qos=qos, retain=retain, **extra)
            # The library has no answer for who published; it keeps here what was not acknowledged.
            await asyncio.wait_for(self._unanswered.wait_empty(), LIMIT)

        self._thread.run(work())

    def disconnect(self):
        self._thread.run(self._client.disconnect())
        self._thread.end()

    def crash(self):
        self._thread.call(lambda: self._client._connection._transport.abort())
        self._thread.end()


class AwscrtClient(LibraryClient):
    """awscrt, the client of AWS IoT, written in C, as it speaks MQTT 5: without QoS 2, which it refuses to publish and to subscribe to."""

    chooses_aliases = True

    def connect(self, settings):
        from awscrt import io, mqtt5

        self._mqtt5 = mqtt5
        connected, self._stopped = queue.Queue(), threading.Event()
        will = None
        if settings.will:
            will = mqtt5.PublishPacket(
                topic=settings.will.topic,
                payload=settings.will.payload,
                qos=mqtt5.QoS(settings.will.qos),
                retain=settings.will.retain,
            )
        tls = None
        if settings.authority:
            options = io.TlsContextOptions()
            options.override_default_trust_store_from_path(None, settings.authority)
            tls = io.ClientTlsContext(options)
        self._client = mqtt5.Client(
            mqtt5.ClientOptions(
                host_name=settings.host,
                port=settings.port,
                tls_ctx=tls,
                connect_options=mqtt5.ConnectPacket(
                    client_id=settings.identifier,
                    session_expiry_interval_sec=settings.expiry,
                    will=will,
                    will_delay_interval_sec=settings.will.delay if settings.will else None,
                ),
                session_behavior=mqtt5.ClientSessionBehaviorType.CLEAN
                if settings.clean
                else mqtt5.ClientSessionBehaviorType.REJOIN_ALWAYS,
                topic_aliasing_options=mqtt5.TopicAliasingOptions(
                    outbound_behavior=mqtt5.OutboundTopicAliasBehaviorType.LRU,
                    inbound_behavior=mqtt5.InboundTopicAliasBehaviorType.ENABLED
                    if settings.aliases
                    else mqtt5.InboundTopicAliasBehaviorType.DISABLED,
                    inbound_cache_max_size=settings.aliases,
                ),
                # Its path is /mqtt; with this it speaks WebSocket.
                websocket_handshake_transform=(lambda transform_args: transform_args.set_done()) if settings.websocket else None,
                on_publish_callback_fn=self._on_publish,
                on_lifecycle_event_connection_success_fn=connected.put,
                on_lifecycle_event_connection_failure_fn=lambda data: connected.put(data.exception),
                on_lifecycle_event_stopped_fn=lambda data: self._stopped.set(),
                disable_metrics=True,
            )
        )
        self._client.start()
        result = connected.get(timeout=LIMIT)
        if isinstance(result, Exception):
            raise result
        self.connack = result.connack_packet
        self.session_present = result.connack_packet.session_present
        return self

    def _on_publish(self, data):
        packet = data.publish_packet
        found = {
            "response_topic": packet.response_topic,
            "correlation": packet.correlation_data_bytes,
            "expiry": packet.message_expiry_interval_sec,
            "content_type": packet.content_type,
            "user": [(one.name, one.value) for one in packet.user_properties or []],
        }
        self.messages.put(Message(packet.topic, bytes(packet.payload or b""), int(packet.qos), packet.retain, found))

    def subscribe(self, name, qos=1):
        mqtt5 = self._mqtt5
        wish = mqtt5.SubscribePacket([mqtt5.Subscription(name, mqtt5.QoS(qos))])
        return int(self._client.subscribe(wish).result(LIMIT).reason_codes[0])

    def publish(self, topic, payload, qos=1, retain=False, **values):
        mqtt5 = self._mqtt5
        self._client.publish(
            mqtt5.PublishPacket(
                topic=topic,
                payload=payload,
                qos=mqtt5.QoS(qos),
                retain=retain,
                response_topic=values.get("response_topic"),
                correlation_data=values.get("correlation"),
                message_expiry_interval_sec=values.get("expiry"),
                content_type=values.get("content_type"),
                user_properties=[mqtt5.UserProperty(*pair) for pair in values.get("user", [])],
            )
        ).result(LIMIT)

    def disconnect(self):
        self._client.stop(self._mqtt5.DisconnectPacket())
        self._stopped.wait(LIMIT)

    def crash(self):
        """Its closing without DISCONNECT is what comes nearest."""
        self._client.stop()
        self._stopped.wait(LIMIT)


ALL = {"aiomqtt": AiomqttClient, "gmqtt": GmqttClient, "awscrt": AwscrtClient}
