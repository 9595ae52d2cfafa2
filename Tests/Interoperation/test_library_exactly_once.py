"""QoS 2 with the client libraries, from end to end and with connections that break at each packet of a handshake.

aiomqtt and gmqtt have both halves of it. awscrt publishes none: its client of MQTT 5 takes none either, that of MQTT 3.1.1 does.
"""

import unittest
from concurrent.futures import ThreadPoolExecutor

from awscrt_old_client import AwscrtOldClient
from broker import LIMIT, wait_until
from case import only_ours
from cutter import PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, Cutter
from library_case import LibraryCase
from library_clients import Settings, Will

PACKETS = (PUBLISH, PUBREC, PUBREL, PUBCOMP)


class ExactlyOnceCase(LibraryCase):
    def cutter(self):
        cutter = Cutter(self.broker.port)
        self.addCleanup(cutter.close)
        return cutter

    def assert_once(self, client, payloads, qos=2):
        """Exactly these messages come, in order, before one that is published last."""
        sender = self.peer("last word")
        sender.publish("once", "end", qos=2)
        seen = []
        while not seen or seen[-1] != (b"end", qos):
            message = client.receive()
            if message.topic == "once":
                seen.append((message.payload, message.qos))
        self.assertEqual(seen[:-1], [(payload, qos) for payload in payloads])


class BothHalves:
    """What is held with each library that publishes at QoS 2 and takes it."""

    def test_many_messages_once_and_in_order(self):
        reader, writer = self.client("reader"), self.client("writer")
        self.assertEqual(reader.subscribe("once", 2), 2)
        payloads = [b"%d" % number for number in range(200)]
        for payload in payloads:
            writer.publish("once", payload, 2)
        self.assert_once(reader, payloads)

    def test_the_lower_quality_counts(self):
        reader, writer = self.client("reader"), self.client("writer")
        for granted in (0, 1, 2):
            self.assertEqual(reader.subscribe(f"granted/{granted}", granted), granted)
            for published in (0, 1, 2):
                payload = b"%d %d" % (granted, published)
                writer.publish(f"granted/{granted}", payload, published)
                message = reader.receive()
                self.assertEqual((message.payload, message.qos), (payload, min(granted, published)))

    def test_a_session_keeps_messages(self):
        reader = self.client("reader", clean=False, expiry=3600)
        reader.subscribe("once", 2)
        self.leave(reader)
        writer = self.client("writer")
        payloads = [b"%d" % number for number in range(20)]
        for payload in payloads:
            writer.publish("once", payload, 2)
        self.leave(writer)
        if self.broker.is_ours():
            self.broker.restart()
        again = self.client("reader", clean=False, expiry=3600)
        self.assertTrue(again.session_present)
        self.assert_once(again, payloads)

    def test_a_shared_subscription_hands_out_each_once(self):
        members = [self.client(f"member {number}") for number in range(2)]
        for member in members:
            self.assertEqual(member.subscribe("$share/group/shared", 2), 2)
        writer = self.client("writer")
        for number in range(20):
            writer.publish("shared", b"%d" % number, 2)
        # One for each, behind all others: in turn, so the next two go to different members.
        writer.publish("shared", b"end", 2)
        writer.publish("shared", b"end", 2)
        taken = [member.receive_until(b"end") for member in members]
        self.assertEqual(sorted(taken[0] + taken[1], key=int), [b"%d" % number for number in range(20)])
        self.assertTrue(all(taken), "each member got some")

    def test_retained_and_will(self):
        reader, writer = self.client("reader"), self.client("writer")
        writer.publish("kept/a", b"kept", 2, retain=True)
        self.assertEqual(reader.subscribe("kept/+", 2), 2)
        message = reader.receive()
        self.assertEqual((message.payload, message.qos, bool(message.retain)), (b"kept", 2, True))
        self.leave(self.client("victim", will=Will("kept/will", b"gone", qos=2)), crash=True)
        message = reader.receive()
        self.assertEqual((message.topic, message.payload, message.qos), ("kept/will", b"gone", 2))

    def publish_through_cuts(self, between=lambda: None):
        """Publishes one message for each packet at which the connection breaks, before it arrives and behind it."""
        reader = self.peer("reader", expiry=3600)
        reader.subscribe("once", 2)
        reader.disconnect()
        cutter = self.cutter()
        writer = self.client("writer", cutter.port, clean=False, expiry=3600)
        payloads = []
        with ThreadPoolExecutor(1) as pool:
            for packet in PACKETS:
                for delivered in (True, False):
                    payloads.append(b"%d %d" % (packet, delivered))
                    cutter.cut(packet, packet in (PUBLISH, PUBREL), delivered)
                    sent = pool.submit(writer.publish, "once", payloads[-1], 2)
                    wait_until(cutter.is_done, "the connection is cut")
                    between()
                    writer.come_back()
                    sent.result(LIMIT)
        self.assertEqual(cutter.cuts, 8)
        self.assert_once(self.peer("reader", clean=False, expiry=3600), payloads)

    def test_a_publishers_connection_breaks_at_each_packet(self):
        self.publish_through_cuts()

    @only_ours
    def test_the_broker_is_killed_at_each_packet_of_a_publisher(self):
        self.publish_through_cuts(self.broker.restart)


class TakesQualityTwo:
    """What is held with each client that takes QoS 2."""

    def cuts(self, but_not):
        """Packets, and whether they arrive. A client that forgets what it received is spared those after which it comes again."""
        all = [(packet, delivered) for packet in PACKETS for delivered in (True, False)]
        return [cut for cut in all if not (self.make_client().forgets_received and cut in but_not)]

    def receive_through_cuts(self, cuts, between=lambda: None):
        cutter = self.cutter()
        reader = self.client("reader", cutter.port, clean=False, expiry=3600)
        self.assertEqual(reader.subscribe("once", 2), 2)
        self.assertEqual(reader.subscribe("mark", 1), 1)
        payloads = []
        for packet, delivered in cuts:
            completed, marked = cutter.passed(PUBCOMP, True), cutter.passed(PUBACK, True)
            payloads.append(b"%d %d" % (packet, delivered))
            cutter.cut(packet, packet in (PUBREC, PUBCOMP), delivered)
            self.peer("sender").publish("once", payloads[-1], qos=2)
            wait_until(cutter.is_done, "the connection is cut")
            between()
            reader.come_back()
            # The next connection to break is to have one handshake: this one ends first, and so does its end that a broker asks for
            # once more after it was killed. That comes before any later message.
            wait_until(lambda: cutter.passed(PUBCOMP, True) > completed, "the handshake ends")
            self.peer("sender").publish("mark", b"")
            wait_until(lambda: cutter.passed(PUBACK, True) > marked, "the mark is acknowledged")
        self.assertEqual(cutter.cuts, len(cuts))
        self.assert_once(reader, payloads)

    def test_a_receivers_connection_breaks_at_each_packet(self):
        self.receive_through_cuts(self.cuts(but_not=[(PUBLISH, True), (PUBREC, False)]))

    @only_ours
    def test_the_broker_is_killed_at_each_packet_of_a_receiver(self):
        # A PUBREC that had just arrived may not be durable yet: the message comes again then.
        cuts = self.cuts(but_not=[(PUBLISH, True), (PUBREC, False), (PUBREC, True)])
        self.receive_through_cuts(cuts, self.broker.restart)


class AiomqttExactlyOnce(BothHalves, TakesQualityTwo, ExactlyOnceCase):
    library = "aiomqtt"


class GmqttExactlyOnce(BothHalves, TakesQualityTwo, ExactlyOnceCase):
    library = "gmqtt"


class AwscrtOldExactlyOnce(TakesQualityTwo, ExactlyOnceCase):
    library = "old-awscrt"

    def make_client(self):
        return AwscrtOldClient()

    def test_many_messages_once_and_in_order(self):
        reader = self.client("reader")
        self.assertEqual(reader.subscribe("once", 2), 2)
        sender = self.peer("sender")
        payloads = [b"%d" % number for number in range(200)]
        for payload in payloads:
            sender.publish("once", payload, qos=2)
        self.assert_once(reader, payloads)

    def test_a_session_keeps_messages(self):
        reader = self.client("reader", clean=False)
        reader.subscribe("once", 2)
        self.leave(reader)
        sender = self.peer("sender")
        payloads = [b"%d" % number for number in range(20)]
        for payload in payloads:
            sender.publish("once", payload, qos=2)
        if self.broker.is_ours():
            self.broker.restart()
        again = self.client("reader", clean=False)
        self.assertTrue(again.session_present)
        self.assert_once(again, payloads)


class AwscrtBesideQualityTwo(ExactlyOnceCase):
    library = "awscrt"

    def test_what_it_refuses_itself(self):
        """The day that one of these is no error any more, the library belongs to the classes above."""
        client = self.client("client")
        with self.assertRaisesRegex(Exception, "PUBLISH_OPTIONS_VALIDATION"):
            client.publish("once", b"x", 2)
        with self.assertRaisesRegex(Exception, "SUBSCRIBE_OPTIONS_VALIDATION"):
            client.subscribe("once", 2)
        old = AwscrtOldClient().connect(Settings(self.broker.port, "old"))
        self.addCleanup(old.disconnect)
        with self.assertRaises(ValueError):
            old.publish("once", b"x", 2)

    def test_it_gets_at_one_what_is_published_at_two(self):
        reader = self.client("reader")
        self.assertEqual(reader.subscribe("once", 1), 1)
        sender = self.peer("sender")
        payloads = [b"%d" % number for number in range(50)]
        for payload in payloads:
            sender.publish("once", payload, qos=2)
        self.assert_once(reader, payloads, qos=1)

    def test_its_will_may_have_quality_two(self):
        watcher = self.peer("watcher")
        watcher.subscribe("will", 2)
        self.leave(self.client("victim", will=Will("will", b"gone", qos=2)), crash=True)
        message = watcher.receive()
        self.assertEqual((message.payload, message.qos), (b"gone", 2))


if __name__ == "__main__":
    unittest.main()
