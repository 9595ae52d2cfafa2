"""paho-mqtt against the broker: what happens to a message between a publisher and a subscriber."""

import time

from case import BrokerCase, only_ours


class Messages(BrokerCase):
    def test_qualities_of_service(self):
        receiver = self.peer("receiver")
        self.assertEqual(receiver.subscribe("zero", qos=0), [0])
        self.assertEqual(receiver.subscribe("one", qos=1), [1])
        sender = self.peer("sender")
        for topic, published, expected in (("zero", 1, 0), ("one", 0, 0), ("one", 1, 1)):
            with self.subTest(topic=topic, published=published):
                sender.publish(topic, "x", qos=published)
                self.assertEqual(receiver.receive().qos, expected)

    def test_properties_pass_through_unchanged(self):
        receiver = self.peer("receiver")
        receiver.subscribe("p")
        pairs = [("b", "1"), ("a", "2"), ("b", "3"), ("ü", "ö")]
        self.peer("sender").publish(
            "p",
            b"\x00\x01",
            PayloadFormatIndicator=0,
            ContentType="application/octet-stream",
            ResponseTopic="answers/1",
            CorrelationData=b"\x00\xff",
            UserProperty=pairs,
        )
        message = receiver.receive()
        self.assertEqual(message.payload, b"\x00\x01")
        values = message.properties
        self.assertEqual(values.UserProperty, pairs)
        self.assertEqual(values.ContentType, "application/octet-stream")
        self.assertEqual((values.ResponseTopic, values.CorrelationData), ("answers/1", b"\x00\xff"))

    def test_expiry_is_counted_down(self):
        receiver = self.peer("away", expiry=3600)
        receiver.subscribe("e")
        receiver.disconnect()
        self.peer("sender").publish("e", "x", MessageExpiryInterval=1000)
        time.sleep(2.1)
        left = self.peer("away", clean=False, expiry=3600).receive().properties.MessageExpiryInterval
        self.assertLessEqual(left, 998)
        self.assertGreater(left, 800)

    def test_expired_message_is_not_delivered(self):
        receiver = self.peer("away", expiry=3600)
        receiver.subscribe("e")
        receiver.disconnect()
        sender = self.peer("sender")
        sender.publish("e", "expired", MessageExpiryInterval=1)
        sender.publish("e", "lasting", MessageExpiryInterval=1000)
        time.sleep(2.5)
        self.assertEqual(self.peer("away", clean=False, expiry=3600).payloads(1), ["lasting"])

    def test_retain_handling(self):
        sender = self.peer("sender")
        sender.publish("r/1", "kept", retain=True)
        receiver = self.peer("receiver")
        # 0: on every subscribe; 1: only when the subscription is new; 2: never.
        for handling, expected in ((0, ["kept"]), (0, ["kept"]), (1, []), (2, [])):
            receiver.subscribe("r/+", retainHandling=handling)
            sender.publish("r/end", "end")
            self.assertEqual(receiver.payloads_until("end"), expected, f"handling {handling}")
        receiver.unsubscribe("r/+")
        receiver.subscribe("r/+", retainHandling=1)
        sender.publish("r/end", "end")
        self.assertEqual(receiver.payloads_until("end"), ["kept"])

    def test_retain_as_published(self):
        receiver = self.peer("receiver")
        receiver.subscribe("as/+", retainAsPublished=True)
        receiver.subscribe("plain/+", retainAsPublished=False)
        sender = self.peer("sender")
        for topic, flag in (("as/a", True), ("plain/a", False)):
            sender.publish(topic, "x", retain=True)
            self.assertEqual(receiver.receive().retain, flag)
            # Nothing stays behind for the next broker of the same data.
            sender.publish(topic, "", retain=True)
            self.assertEqual(receiver.receive().payload, b"")

    def test_empty_retained_message_removes(self):
        sender = self.peer("sender")
        sender.publish("r", "kept", retain=True)
        sender.publish("r", "", retain=True)
        receiver = self.peer("receiver")
        receiver.subscribe("r")
        sender.publish("r", "live")
        self.assertEqual(receiver.payloads(1), ["live"])

    def test_no_local(self):
        client = self.peer("client")
        client.subscribe("n", noLocal=True)
        client.publish("n", "mine")
        self.peer("other").publish("n", "theirs")
        self.assertEqual(client.payloads(1), ["theirs"])

    def test_subscription_identifiers(self):
        client = self.peer("client")
        client.subscribe("s/+", identifier=7)
        client.subscribe("s/#", identifier=268_435_455)
        client.publish("s/a", "x")
        found = set()
        # One delivery with both identifiers, or one for each subscription.
        while found != {7, 268_435_455}:
            found |= set(client.receive().properties.SubscriptionIdentifier)

    def test_wildcards(self):
        client = self.peer("client")
        for filter in ("w/+/c", "v/#", "+/only"):
            client.subscribe(filter)
        matching = ["w/b/c", "v", "v/a/b", "x/only", "/only"]
        others = ["w/b/d", "w/c", "w/b/c/d", "only", "a/b/only", "$v/a"]
        for topic in others + matching:
            client.publish(topic, topic)
        self.assertEqual(client.payloads(len(matching)), matching)

    def test_system_topics(self):
        client = self.peer("client")
        client.subscribe("#")
        watcher = self.peer("watcher")
        watcher.subscribe("$SYS/#")
        self.assertTrue(watcher.receive().topic.startswith("$SYS/"))
        client.publish("end", "end")
        # '#' does not match topics that begin with '$'.
        self.assertEqual(client.payloads_until("end"), [])

    def test_unsubscribe(self):
        client = self.peer("client")
        client.subscribe("u/a")
        self.assertEqual(client.unsubscribe("u/a"), [0])
        self.assertEqual(client.unsubscribe("u/a"), [0x11])
        client.subscribe("u/end")
        client.publish("u/a", "x")
        client.publish("u/end", "end")
        self.assertEqual(client.payloads_until("end"), [])

    @only_ours
    def test_invalid_filter_is_refused(self):
        client = self.peer("client")
        # paho refuses most filters itself; this one it lets through.
        self.assertEqual(client.subscribe("$share/group"), [0x8F])

    def test_request_and_response(self):
        answering = self.peer("answering")
        answering.subscribe("questions")
        asking = self.peer("asking")
        asking.subscribe("answers/asking")
        for number in range(3):
            asking.publish("questions", f"{number}", ResponseTopic="answers/asking", CorrelationData=bytes([number]))
            question = answering.receive()
            answering.publish(
                question.properties.ResponseTopic,
                question.payload * 2,
                CorrelationData=question.properties.CorrelationData,
            )
            answer = asking.receive()
            self.assertEqual(answer.payload, f"{number}{number}".encode())
            self.assertEqual(answer.properties.CorrelationData, bytes([number]))

    def test_order_of_a_publisher_is_kept(self):
        receiver = self.peer("receiver")
        receiver.subscribe("order")
        sender = self.peer("sender")
        expected = [f"{number}" for number in range(2000)]
        for payload in expected:
            last = sender.publish("order", payload, wait=False)
        last.wait_for_publish(60)
        self.assertEqual(receiver.payloads(len(expected)), expected)

    def test_receiver_of_version_3_1_1_gets_messages_of_version_5(self):
        old = self.peer("old", version=4)
        old.subscribe("mixed")
        self.peer("new").publish("mixed", "x", UserProperty=("a", "b"), MessageExpiryInterval=100)
        self.assertEqual(old.payloads(1), ["x"])


class SmallLimits(BrokerCase):
    options = ("--limit", "subscriptionsPerSession=2", "--limit", "sessions=3", "--limit", "maximumPacketSize=2000")

    @only_ours
    def test_one_subscription_too_many(self):
        client = self.peer("client")
        self.assertEqual([client.subscribe(f"t/{number}") for number in range(3)], [[1], [1], [0x97]])
        # The same one again is not one more.
        self.assertEqual(client.subscribe("t/0"), [1])

    @only_ours
    def test_one_session_too_many(self):
        for number in range(3):
            self.peer(f"client-{number}")
        self.peer("client-3", expect=0x97)

    @only_ours
    def test_packet_too_large(self):
        client = self.peer("client")
        self.assertEqual(client.connack.MaximumPacketSize, 2000)
        client.publish("a", b"x" * 3000, wait=False)
        self.assertEqual(client.wait_for_end(), 0x95)
