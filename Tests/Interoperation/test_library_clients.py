"""Conversations that every client library must be able to hold with the broker: aiomqtt (on paho-mqtt), gmqtt and awscrt, from PyPI.

`make interoperation` installs them beside the tests; without them these tests fail, they are not passed over.
"""

import unittest

from broker import wait_until
from case import only_ours
from library_case import LibraryCase
from library_clients import Will


class Conversations:
    """The conversations; each class below holds them with one library. QoS 2 and topic aliases have files of their own."""

    def test_qualities_of_service(self):
        reader, writer = self.client("reader"), self.client("writer")
        for qos in (0, 1):
            self.assertEqual(reader.subscribe(f"q/{qos}", qos), qos)
            writer.publish(f"q/{qos}", b"payload", qos)
            message = reader.receive()
            self.assertEqual((message.topic, message.payload, message.qos), (f"q/{qos}", b"payload", qos))

    def test_session_is_resumed(self):
        reader = self.client("reader", clean=False, expiry=600)
        self.assertFalse(reader.session_present)
        reader.subscribe("kept")
        self.leave(reader)
        writer = self.client("writer")
        for number in range(20):
            writer.publish("kept", b"%d" % number)
        again = self.client("reader", clean=False, expiry=600)
        self.assertTrue(again.session_present)
        writer.publish("kept", b"last")
        self.assertEqual(again.receive_until(b"last"), [b"%d" % number for number in range(20)])

    @only_ours
    def test_session_is_resumed_after_kill_of_the_broker(self):
        reader = self.client("reader", clean=False, expiry=600)
        reader.subscribe("kept")
        self.leave(reader)
        writer = self.client("writer")
        writer.publish("kept", b"before")
        self.leave(writer)
        self.broker.restart()
        again = self.client("reader", clean=False, expiry=600)
        self.assertTrue(again.session_present)
        self.assertEqual(again.receive().payload, b"before")

    def test_shared_subscription_shares(self):
        members = [self.client(f"member-{number}") for number in range(2)]
        for member in members:
            member.subscribe("$share/group/work")
        writer = self.client("writer")
        for number in range(20):
            writer.publish("work", b"%d" % number)
        wait_until(lambda: sum(member.messages.qsize() for member in members) >= 20, "all messages came")
        taken = [[member.receive().payload for _ in range(member.messages.qsize())] for member in members]
        self.assertEqual(sorted(taken[0] + taken[1], key=int), [b"%d" % number for number in range(20)])
        self.assertTrue(all(taken), "each member got some")

    def test_retained(self):
        self.client("writer").publish("r/1", b"kept", retain=True)
        reader = self.client("reader")
        reader.subscribe("r/#")
        message = reader.receive()
        self.assertEqual((message.payload, bool(message.retain)), (b"kept", True))

    def test_will(self):
        reader = self.client("reader")
        reader.subscribe("w")
        self.leave(self.client("victim", will=Will("w", b"gone")), crash=True)
        self.assertEqual(reader.receive().payload, b"gone")

    def test_good_bye_drops_the_will(self):
        reader = self.client("reader")
        reader.subscribe("w")
        self.leave(self.client("polite", will=Will("w", b"gone")))
        self.client("writer").publish("w", b"last")
        self.assertEqual(reader.receive_until(b"last"), [])

    def test_expiry(self):
        reader = self.client("reader", clean=False, expiry=600)
        reader.subscribe("e")
        self.leave(reader)
        writer = self.client("writer")
        writer.publish("e", b"short", expiry=1)
        writer.publish("e", b"long", expiry=1000)
        self.wait_for_expiry()
        again = self.client("reader", clean=False, expiry=600)
        message = again.receive()
        self.assertEqual(message.payload, b"long")
        self.assertTrue(900 < message.properties["expiry"] < 1000, message.properties)

    def test_coming_back_drops_a_delayed_will(self):
        reader = self.client("reader")
        reader.subscribe("w")
        will = Will("w", b"gone", delay=3600)
        self.leave(self.client("victim", clean=False, expiry=3600, will=will), crash=True)
        again = self.client("victim", clean=False, expiry=3600)
        self.assertTrue(again.session_present)
        again.publish("w", b"last")
        self.assertEqual(reader.receive_until(b"last"), [])

    @only_ours
    def test_end_of_the_session_ends_the_delay_of_a_will(self):
        reader = self.client("reader")
        reader.subscribe("w/#")
        # The session ends with the connection, and the will does not outlive it.
        self.leave(self.client("victim", will=Will("w/kept", b"gone", retain=True, delay=3600)), crash=True)
        self.assertEqual(reader.receive().payload, b"gone")
        late = self.client("late")
        late.subscribe("w/kept")
        message = late.receive()
        self.assertEqual((message.payload, bool(message.retain)), (b"gone", True))

    def test_request_and_response(self):
        service, caller = self.client("service"), self.client("caller")
        service.subscribe("service/double")
        caller.subscribe("answers/caller")
        for number in range(5):
            caller.publish(
                "service/double", b"%d" % number, response_topic="answers/caller", correlation=b"id-%d" % number
            )
            request = service.receive()
            answer = b"%d" % (2 * int(request.payload))
            service.publish(request.properties["response_topic"], answer, correlation=request.properties["correlation"])
            reply = caller.receive()
            self.assertEqual((reply.payload, reply.properties["correlation"]), (b"%d" % (2 * number), b"id-%d" % number))

    def test_properties_pass_through(self):
        reader, writer = self.client("reader"), self.client("writer")
        reader.subscribe("p")
        writer.publish("p", b"x", content_type="text/plain", user=[("b", "1"), ("a", "2"), ("b", "3")])
        found = reader.receive().properties
        self.assertEqual(found["content_type"], "text/plain")
        self.assertEqual([tuple(pair) for pair in found["user"]], [("b", "1"), ("a", "2"), ("b", "3")])

    def test_large_payload_and_many_messages(self):
        reader, writer = self.client("reader"), self.client("writer")
        reader.subscribe("l")
        large = bytes(range(256)) * 2000
        writer.publish("l", large)
        self.assertEqual(reader.receive().payload, large)
        for number in range(300):
            writer.publish("l", b"%d" % number)
        writer.publish("l", b"last")
        self.assertEqual(reader.receive_until(b"last"), [b"%d" % number for number in range(300)])

    def test_takeover(self):
        first = self.client("same")
        second = self.client("same")
        second.subscribe("t")
        self.client("writer").publish("t", b"1")
        self.assertEqual(second.receive().payload, b"1")
        self.leave(first, crash=True)


class AiomqttConversations(Conversations, LibraryCase):
    library = "aiomqtt"


class GmqttConversations(Conversations, LibraryCase):
    library = "gmqtt"


class AwscrtConversations(Conversations, LibraryCase):
    library = "awscrt"
    # Whatever it is told, it is told with aliases.
    settings = {"aliases": 10}


if __name__ == "__main__":
    unittest.main()
