"""Topic aliases with clients of others: those that a client gives, and those that the broker gives a client that takes some.

A recorder between client and broker shows that a topic was really left out.
"""

import unittest

from broker import wait_until
from case import BrokerCase, only_ours
from cutter import PUBACK
from library_case import LibraryCase
from recorder import Recorder

TOPIC_ALIAS_INVALID = 0x94
PROTOCOL_ERROR = 0x82
ALIASES = 5
"""How many a client takes here."""


class AliasCase(BrokerCase):
    def recorder(self):
        recorder = Recorder(self.broker.port)
        self.addCleanup(recorder.close)
        return recorder

    def watcher(self, qos=2):
        """A client that takes no aliases, and is to get every message with its topic."""
        watcher = self.peer("watcher")
        self.assertEqual(watcher.subscribe("aliased/#", qos), [qos])
        return watcher

    def assert_resolved(self, watcher, topics):
        """The messages, numbered from 0, come with these topics and without the publisher's aliases."""
        for number, topic in enumerate(topics):
            message = watcher.receive()
            self.assertEqual((message.topic, message.payload), (topic, b"%d" % number))
            self.assertFalse(hasattr(message.properties, "TopicAlias"))

    def assert_given_within(self, aliases, topics):
        """The broker wrote these topics with aliases that the client takes, and each with its topic first; it left out some."""
        given, read = {}, []
        for topic, alias in aliases:
            if alias is not None:
                self.assertTrue(1 <= alias <= ALIASES, alias)
                if topic:
                    given[alias] = topic
            read.append(topic or given.get(alias))
        self.assertEqual(read, topics)
        self.assertIn("", [topic for topic, _ in aliases], "no topic was left out")


class PublishesAliases:
    """What a library with topic aliases publishes, with each of them."""

    def publish(self, writer, topic, number, alias, is_known, qos=1):
        """By alias alone where it is known. Some libraries find that out themselves."""
        if writer.chooses_aliases:
            writer.publish(topic, b"%d" % number, qos)
        else:
            writer.publish("" if is_known else topic, b"%d" % number, qos, alias=alias)

    def test_an_alias_stands_for_its_topic(self):
        watcher = self.watcher()
        highest = watcher.connack.TopicAliasMaximum
        # Every alias is given, and the first ones twice, each to the next topic: so does awscrt, which chooses itself.
        topics = [(f"aliased/{number}", number % highest + 1) for number in range(highest + 8)]
        steps = [(topic, alias, is_known) for topic, alias in topics for is_known in (False, True)]
        steps += [(topic, alias, True) for topic, alias in topics[-10:]]
        for qos in self.qualities:
            with self.subTest(qos=qos):
                recorder = self.recorder()
                writer = self.client(f"writer {qos}", recorder.port)
                for number, (topic, alias, is_known) in enumerate(steps):
                    self.publish(writer, topic, number, alias, is_known, qos)
                self.assert_resolved(watcher, [topic for topic, _, _ in steps])
                written = [("" if is_known else topic, alias) for topic, alias, is_known in steps]
                self.assertEqual(recorder.aliases(to_broker=True), written)
                self.assertEqual({message.qos for message in recorder.published(to_broker=True)}, {qos})

    def test_aliases_begin_anew_with_each_connection(self):
        watcher = self.watcher()
        recorder = self.recorder()
        for turn in range(2):
            writer = self.client("writer", recorder.port, clean=False, expiry=3600)
            self.assertEqual(bool(writer.session_present), turn == 1)
            for number, topic in enumerate(("aliased/x", "aliased/y", "aliased/x", "aliased/y")):
                # On the second connection each number stands for the other topic.
                alias = 1 if topic.endswith("x") == (turn == 0) else 2
                self.publish(writer, topic, number, alias, is_known=number > 1)
            self.assert_resolved(watcher, ["aliased/x", "aliased/y"] * 2)
            self.leave(writer)
        self.assertEqual([topic for topic, _ in recorder.aliases(to_broker=True)], ["aliased/x", "aliased/y", "", ""] * 2)

    def test_an_aliased_message_is_kept_with_its_topic(self):
        """Retained, and for a session whose client is away: both outlive the connection that the alias belongs to."""
        away = self.peer("away", expiry=3600)
        away.subscribe("aliased/#")
        away.disconnect()
        recorder = self.recorder()
        writer = self.client("writer", recorder.port)
        self.publish(writer, "aliased/kept", 0, 1, is_known=False)
        if writer.chooses_aliases:
            writer.publish("aliased/kept", b"1", retain=True)
        else:
            writer.publish("", b"1", retain=True, alias=1)
        self.leave(writer)
        self.assertEqual([topic for topic, _ in recorder.aliases(to_broker=True)], ["aliased/kept", ""])
        if self.broker.is_ours():
            self.broker.restart()
        self.assert_resolved(self.peer("away", clean=False, expiry=3600), ["aliased/kept"] * 2)
        late = self.peer("late")
        late.subscribe("aliased/#")
        message = late.receive()
        self.assertEqual((message.topic, message.payload, message.retain), ("aliased/kept", b"1", True))


class TakesAliases:
    """What a library that takes topic aliases gets."""

    def receive(self, reader, topics):
        """These messages, numbered from 0, as the library hands them over."""
        for number, topic in enumerate(topics):
            message = reader.receive()
            self.assertEqual((message.topic, message.payload), (topic, b"%d" % number))

    @only_ours
    def test_the_broker_gives_aliases(self):
        sender = self.peer("sender")
        for qos in self.qualities:
            with self.subTest(qos=qos):
                recorder = self.recorder()
                reader = self.client(f"reader {qos}", recorder.port, aliases=ALIASES)
                self.assertEqual(reader.subscribe("aliased/#", qos), qos)
                # More topics than aliases.
                topics = [f"aliased/{number % 8}" for number in range(80)]
                for number, topic in enumerate(topics):
                    sender.publish(topic, b"%d" % number, qos=2)
                self.receive(reader, topics)
                self.assert_given_within(recorder.aliases(to_broker=False), topics)
                self.assertEqual({message.qos for message in recorder.published(to_broker=False)}, {qos})
                self.leave(reader)

    @only_ours
    def test_the_brokers_aliases_begin_anew_with_each_connection(self):
        recorder, sender = self.recorder(), self.peer("sender")
        reader = self.client("reader", recorder.port, clean=False, expiry=3600, aliases=ALIASES)
        reader.subscribe("aliased/#")
        topics = ["aliased/a", "aliased/a", "aliased/b", "aliased/b"]
        for turn in range(2):
            for number, topic in enumerate(topics):
                sender.publish(topic, b"%d" % number)
            if turn == 1:
                # They waited for the client.
                reader = self.client("reader", recorder.port, clean=False, expiry=3600, aliases=ALIASES)
                self.assertTrue(reader.session_present)
            self.receive(reader, topics)
            self.assert_given_within(recorder.aliases(to_broker=False), topics)
            recorder.forget()
            # A library may say good-bye before it acknowledges, and is told everything once more.
            wait_until(lambda: recorder.passed(PUBACK, True) == (turn + 1) * len(topics), "all is acknowledged")
            self.leave(reader)

    def test_who_takes_none_gets_none(self):
        recorder, sender = self.recorder(), self.peer("sender")
        reader = self.client("reader", recorder.port)
        reader.subscribe("aliased/#")
        topics = ["aliased/a"] * 5
        for number, topic in enumerate(topics):
            sender.publish(topic, b"%d" % number)
        self.receive(reader, topics)
        self.assertEqual(recorder.aliases(to_broker=False), [(topic, None) for topic in topics])


class GmqttAliases(PublishesAliases, TakesAliases, LibraryCase, AliasCase):
    library = "gmqtt"
    qualities = (0, 1, 2)


class AwscrtAliases(PublishesAliases, TakesAliases, LibraryCase, AliasCase):
    library = "awscrt"
    qualities = (0, 1)


class AiomqttAliases(PublishesAliases, LibraryCase, AliasCase):
    """It takes none: a message without a topic is an error to it, though paho below it hands that over."""

    library = "aiomqtt"
    qualities = (0, 1, 2)
    receive = TakesAliases.receive
    test_who_takes_none_gets_none = TakesAliases.test_who_takes_none_gets_none


class PahoAliases(AliasCase):
    """paho-mqtt writes and hands over what is there: to leave out topics, and to know them, is up to its user."""

    def test_an_alias_stands_for_its_topic(self):
        watcher, sender = self.watcher(), self.peer("sender")
        for qos in (0, 1, 2):
            for number, topic in enumerate((f"aliased/{qos}", "", "")):
                sender.publish(topic, b"%d" % number, qos=qos, TopicAlias=7)
            self.assert_resolved(watcher, [f"aliased/{qos}"] * 3)

    def test_a_will_has_a_topic_of_its_own(self):
        watcher = self.watcher()
        dying = self.peer("dying", will=("aliased/will", "1", 1, False, {}))
        dying.publish("aliased/a", "0", TopicAlias=1)
        dying.crash()
        self.assert_resolved(watcher, ["aliased/a", "aliased/will"])

    @only_ours
    def test_aliases_that_are_wrong_end_the_connection(self):
        highest = self.peer("asking").connack.TopicAliasMaximum
        self.assertGreater(highest, 0)
        for topic, alias, reason in (
            ("aliased/a", highest + 1, TOPIC_ALIAS_INVALID),
            ("", highest, PROTOCOL_ERROR),
            ("", None, PROTOCOL_ERROR),
        ):
            with self.subTest(topic=topic, alias=alias):
                peer = self.peer("wrong")
                peer.publish(topic, "x", wait=False, **({} if alias is None else {"TopicAlias": alias}))
                self.assertEqual(peer.wait_for_end(), reason)
        # The highest itself is right.
        watcher, peer = self.watcher(), self.peer("right")
        peer.publish("aliased/a", "0", TopicAlias=highest)
        peer.publish("", "1", TopicAlias=highest)
        self.assert_resolved(watcher, ["aliased/a"] * 2)

    @only_ours
    def test_an_alias_of_an_earlier_connection_is_unknown(self):
        first = self.peer("same", expiry=3600)
        first.publish("aliased/a", "x", TopicAlias=1)
        first.disconnect()
        second = self.peer("same", clean=False, expiry=3600)
        self.assertTrue(second.session_present)
        second.publish("", "x", wait=False, TopicAlias=1)
        self.assertEqual(second.wait_for_end(), PROTOCOL_ERROR)

    @only_ours
    def test_the_broker_gives_aliases(self):
        reader, sender = self.peer("reader", TopicAliasMaximum=ALIASES), self.peer("sender")
        reader.subscribe("aliased/#")
        topics = [f"aliased/{number % 8}" for number in range(80)]
        for number, topic in enumerate(topics):
            sender.publish(topic, f"{number}")
        messages = [reader.receive() for _ in topics]
        self.assertEqual([message.payload for message in messages], [b"%d" % number for number in range(80)])
        aliases = [(message.topic, getattr(message.properties, "TopicAlias", None)) for message in messages]
        self.assert_given_within(aliases, topics)


class MosquittoAliases(AliasCase):
    """mosquitto_pub leaves out the topic from its second message on. mosquitto_sub takes no aliases."""

    def test_an_alias_stands_for_its_topic(self):
        for qos in (0, 1, 2):
            with self.subTest(qos=qos):
                watcher, recorder = self.watcher(), self.recorder()
                lines = "".join(f"{number}\n" for number in range(10))
                options = ["-p", str(recorder.port), "-t", "aliased/m", "-q", str(qos), "-D", "publish", "topic-alias", "3"]
                self.run_tool("mosquitto_pub", *options, "-l", input=lines)
                self.assert_resolved(watcher, ["aliased/m"] * 10)
                self.assertEqual(recorder.aliases(to_broker=True), [("aliased/m", 3)] + [("", 3)] * 9)

    def test_an_alias_above_the_maximum_ends_the_connection(self):
        highest = self.peer("asking").connack.TopicAliasMaximum
        options = ["-d", "-t", "aliased/m", "-q", "1", "-D", "publish", "topic-alias", str(highest + 1)]
        result = self.run_tool("mosquitto_pub", *options, "-l", input="0\n", check=False)
        self.assertIn(f"Received DISCONNECT ({TOPIC_ALIAS_INVALID})", result.stdout)

    def test_who_takes_none_gets_none(self):
        receiver = self.start_subscriber("-t", "aliased/#", "-q", "1", "-C", "5", "-F", "> %A|%t|%p")
        sender = self.peer("sender")
        for number in range(5):
            sender.publish("aliased/m", f"{number}")
        self.assertEqual(receiver.messages(), [f"|aliased/m|{number}" for number in range(5)])


if __name__ == "__main__":
    unittest.main()
