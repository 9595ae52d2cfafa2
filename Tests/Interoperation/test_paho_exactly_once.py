"""paho-mqtt against the broker at QoS 2: each message once, whatever breaks in the midst of a handshake."""

import random
import threading

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from broker import LIMIT, wait_until
from case import BrokerCase, only_ours
from cutter import PUBCOMP, PUBLISH, PUBREC, PUBREL, Cutter
from wire_peer import WirePeer

COUNT = 12


class Returning:
    """A paho client that comes back by itself to its session, with what it has in its hands."""

    def __init__(self, port, identifier, version=5, subscribe=None):
        protocol = paho.MQTTv5 if version == 5 else paho.MQTTv311
        options = {} if version == 5 else {"clean_session": False}
        first = [paho.CallbackAPIVersion.VERSION1] if hasattr(paho, "CallbackAPIVersion") else []
        self.client = paho.Client(*first, client_id=identifier, protocol=protocol, **options)
        self.client.reconnect_delay_set(1, 1)
        self.client.max_inflight_messages_set(8)
        self.payloads = []
        self.sessions = []
        self.subscribed = threading.Event()
        self._connected = threading.Event()
        self.client.on_connect = self._on_connect
        self.client.on_message = lambda c, u, message: self.payloads.append(message.payload.decode())
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        options = {}
        if version == 5:
            values = Properties(PacketTypes.CONNECT)
            values.SessionExpiryInterval = 3600
            options = {"properties": values, "clean_start": paho.MQTT_CLEAN_START_FIRST_ONLY}
        self.client.connect("127.0.0.1", port, 60, **options)
        self.client.loop_start()
        if not self._connected.wait(LIMIT):
            raise AssertionError("no CONNACK")
        if subscribe:
            self.client.subscribe(subscribe, 2)
            if not self.subscribed.wait(LIMIT):
                raise AssertionError("no SUBACK")

    def _on_connect(self, client, userdata, flags, code, *rest):
        self.sessions.append(flags["session present"])
        self._connected.set()

    def publish(self, topic, payload):
        return self.client.publish(topic, payload, qos=2)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class ExactlyOnce(BrokerCase):
    def returning(self, port, identifier, **options):
        client = Returning(port, identifier, **options)
        self.addCleanup(client.close)
        return client

    def cutter(self):
        cutter = Cutter(self.broker.port)
        self.addCleanup(cutter.close)
        return cutter

    def publish_all(self, sender, name):
        sent = [sender.publish("once", f"{name} {number}") for number in range(COUNT)]
        for one in sent:
            one.wait_for_publish(LIMIT)
            self.assertTrue(one.is_published(), name)

    def check(self, receiver, name):
        expected = [f"{name} {number}" for number in range(COUNT)]
        wait_until(lambda: len(receiver.payloads) >= COUNT, f"{name} arrives: {receiver.payloads}")
        self.assertEqual(receiver.payloads, expected)
        receiver.payloads.clear()

    def test_connection_lost_in_each_half_of_a_publishers_handshake(self):
        for version in (5, 4):
            receiver = self.returning(self.broker.port, f"receiver {version}", subscribe="once")
            cutter = self.cutter()
            sender = self.returning(cutter.port, f"sender {version}", version=version)
            for packet, to_broker in ((PUBLISH, True), (PUBREC, False), (PUBREL, True), (PUBCOMP, False)):
                for delivered in (True, False):
                    name = f"{version} {packet} {delivered}"
                    with self.subTest(version=version, packet=packet, delivered=delivered):
                        cutter.cut(packet, to_broker, delivered, after=3)
                        self.publish_all(sender, name)
                        self.assertTrue(cutter.is_done())
                        self.check(receiver, name)
            self.assertEqual(sender.sessions[1:], [1] * 8)

    def test_connection_lost_in_each_half_of_a_receivers_handshake(self):
        for version in (5, 4):
            cutter = self.cutter()
            receiver = self.returning(cutter.port, f"receiver {version}", version=version, subscribe="once")
            sender = self.returning(self.broker.port, f"sender {version}")
            for packet, to_broker in ((PUBLISH, False), (PUBREC, True), (PUBREL, False), (PUBCOMP, True)):
                for delivered in (True, False):
                    name = f"{version} {packet} {delivered}"
                    with self.subTest(version=version, packet=packet, delivered=delivered):
                        cutter.cut(packet, to_broker, delivered, after=3)
                        self.publish_all(sender, name)
                        self.check(receiver, name)
                        wait_until(cutter.is_done, "the connection was cut")
            self.assertEqual(receiver.sessions[1:], [1] * 8)

    @only_ours
    def test_broker_killed_in_the_midst_of_handshakes(self):
        receiver = self.returning(self.broker.port, "receiver", subscribe="once")
        sender = self.returning(self.broker.port, "sender")
        rounds, count = 6, 200
        for round in range(rounds):
            sent = [sender.publish("once", f"{round} {number}") for number in range(count)]
            goal = random.randrange(count)
            wait_until(lambda: sum(1 for one in sent if one.is_published()) >= goal, "some messages are sent")
            before = len(sender.sessions)
            self.broker.restart()
            # All of them may have been sent by then; what is published meanwhile is an error to paho.
            wait_until(lambda: len(sender.sessions) > before, "the sender is back")
            for one in sent:
                one.wait_for_publish(LIMIT)
                self.assertTrue(one.is_published())
        expected = [f"{round} {number}" for round in range(rounds) for number in range(count)]
        wait_until(lambda: len(receiver.payloads) >= len(expected), "all messages arrive")
        self.assertEqual(len(receiver.payloads), len(expected), "none came twice")
        self.assertEqual(receiver.payloads, expected)
        self.assertTrue(all(receiver.sessions[1:]) and all(sender.sessions[1:]), "the sessions were there")

    @only_ours
    def test_broker_killed_at_each_packet(self):
        """The packet is the last one before the connection breaks, and the broker dies with it."""
        receiver_cutter, sender_cutter = self.cutter(), self.cutter()
        receiver = self.returning(receiver_cutter.port, "receiver", subscribe="once")
        sender = self.returning(sender_cutter.port, "sender")
        for cutter, from_broker in ((sender_cutter, (PUBREC, PUBCOMP)), (receiver_cutter, (PUBLISH, PUBREL))):
            for packet in (PUBLISH, PUBREC, PUBREL, PUBCOMP):
                for delivered in (True, False):
                    name = f"{packet} {delivered} {cutter is sender_cutter}"
                    with self.subTest(name=name):
                        cutter.cut(packet, packet not in from_broker, delivered, after=3)
                        sent = [sender.publish("once", f"{name} {number}") for number in range(COUNT)]
                        wait_until(cutter.is_done, "the connection was cut")
                        self.broker.restart()
                        for one in sent:
                            one.wait_for_publish(LIMIT)
                            self.assertTrue(one.is_published())
                        self.check(receiver, name)

    @only_ours
    def test_shared_subscription_is_pinned(self):
        first = WirePeer(self.broker.port, "first", expiry=3600)
        self.addCleanup(first.crash)
        self.assertEqual(first.subscribe("$share/g/work", qos=2), 2)
        second = self.peer("second", expiry=3600)
        self.assertEqual(second.subscribe("$share/g/work", qos=2), [2])
        sender = self.peer("sender")
        for number in range(4):
            sender.publish("work", f"{number}", qos=2)
        self.assertEqual(second.payloads(2), ["1", "3"])
        self.assertEqual([first.receive().payload for _ in range(2)], [b"0", b"2"])
        first.crash()
        self.broker.restart()
        second = self.peer("second", clean=False, expiry=3600)
        self.peer("sender").publish("work", "end", qos=2)
        self.assertEqual(second.payloads_until("end"), [], "MQTT-4.8.2-4")
        again = WirePeer(self.broker.port, "first", clean=False, expiry=3600)
        self.addCleanup(again.crash)
        messages = [again.receive() for _ in range(2)]
        self.assertEqual([(one.payload, one.dup, one.qos) for one in messages], [(b"0", True, 2), (b"2", True, 2)])

    def test_mixed_qualities(self):
        receiver = self.peer("receiver")
        self.assertEqual(receiver.subscribe("two", qos=2), [2])
        self.assertFalse(hasattr(receiver.connack, "MaximumQoS"))
        sender = self.peer("sender", version=4)
        for qos in (0, 1, 2):
            sender.publish("two", f"{qos}", qos=qos)
        messages = [receiver.receive() for _ in range(3)]
        self.assertEqual({message.payload.decode(): message.qos for message in messages}, {"0": 0, "1": 1, "2": 2})
