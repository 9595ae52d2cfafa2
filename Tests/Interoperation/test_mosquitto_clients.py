"""mosquitto_pub, mosquitto_sub and mosquitto_rr against the broker, with MQTT 5 and 3.1.1."""

import os
import threading

from broker import LIMIT, wait_until
from case import BrokerCase, only_ours
from cutter import PUBCOMP, PUBLISH, PUBREC, PUBREL, Cutter

VERSIONS = ("mqttv5", "mqttv311")


class MosquittoClients(BrokerCase):
    def test_publish_and_subscribe_across_versions(self):
        for subscriber in VERSIONS:
            for publisher in VERSIONS:
                for qos in ("0", "1", "2"):
                    with self.subTest(subscriber=subscriber, publisher=publisher, qos=qos):
                        receiver = self.start_subscriber(
                            "-t", "a/+", "-q", qos, "-C", "1", "-F", "> %t %q %p", version=subscriber
                        )
                        self.run_tool("mosquitto_pub", "-t", "a/b", "-q", qos, "-m", "hello", version=publisher)
                        self.assertEqual(receiver.messages(), [f"a/b {qos} hello"])

    def test_many_lines_in_order(self):
        count = 5000
        receiver = self.start_subscriber("-t", "lines", "-q", "1", "-C", str(count), "-F", "> %p")
        lines = "".join(f"line {number}\n" for number in range(count))
        self.run_tool("mosquitto_pub", "-t", "lines", "-q", "1", "-l", input=lines)
        self.assertEqual(receiver.messages(), lines.splitlines())

    def test_large_payload(self):
        receiver = self.start_subscriber("-t", "large", "-q", "1", "-C", "1", "-F", "> %l")
        path = os.path.join(self.broker.folder, "large")
        with open(path, "wb") as file:
            file.write(os.urandom(300_000))
        self.run_tool("mosquitto_pub", "-t", "large", "-q", "1", "-f", path)
        self.assertEqual(receiver.messages(), ["300000"])

    def test_retained(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                topic = f"retained/{version}"
                self.run_tool("mosquitto_pub", "-t", topic, "-q", "1", "-r", "-m", "kept", version=version)
                first = self.run_tool("mosquitto_sub", "-t", topic, "-C", "1", "-F", "%r %p", version=version)
                self.assertEqual(first.stdout, "1 kept\n")
                self.run_tool("mosquitto_pub", "-t", topic, "-q", "1", "-r", "-n", version=version)
                receiver = self.start_subscriber("-t", topic, "-C", "1", "-F", "> %r %p", version=version)
                self.run_tool("mosquitto_pub", "-t", topic, "-q", "1", "-m", "live", version=version)
                self.assertEqual(receiver.messages(), ["0 live"])

    def test_properties_pass_through(self):
        receiver = self.start_subscriber("-t", "p", "-q", "1", "-C", "1", "-F", "> %C|%R|%D|%P|%p")
        self.run_tool(
            "mosquitto_pub", "-t", "p", "-q", "1", "-m", "x",
            "-D", "publish", "content-type", "text/plain",
            "-D", "publish", "response-topic", "answers",
            "-D", "publish", "correlation-data", "c0ffee",
            "-D", "publish", "user-property", "a", "1",
            "-D", "publish", "user-property", "a", "2",
        )  # fmt: skip
        [line] = receiver.messages()
        content, response, correlation, pairs, payload = line.split("|")
        self.assertEqual((content, response, correlation, payload), ("text/plain", "answers", "c0ffee", "x"))
        self.assertEqual(pairs.split(), ["a:1", "a:2"])

    def test_expiry(self):
        options = ["-i", "away", "-c", "-q", "1", "-t", "e"]
        self.run_tool("mosquitto_sub", *options, "-E")
        for payload, seconds in (("short", "1"), ("long", "1000")):
            expiry = ["-D", "publish", "message-expiry-interval", seconds]
            self.run_tool("mosquitto_pub", "-t", "e", "-q", "1", "-m", payload, *expiry)
        self.wait_for_expiry()
        result = self.run_tool("mosquitto_sub", *options, "-C", "1", "-F", "%p %E")
        payload, left = result.stdout.split()
        self.assertEqual(payload, "long")
        self.assertTrue(900 < int(left) < 1000, left)

    def test_request_and_response(self):
        answering = self.peer("answering")
        answering.subscribe("questions")

        def answer():
            question = answering.receive()
            answering.publish(
                question.properties.ResponseTopic,
                b"answer to " + question.payload,
                wait=False,
                CorrelationData=question.properties.CorrelationData,
            )

        thread = threading.Thread(target=answer)
        thread.start()
        # fmt: off
        result = self.run_tool(
            "mosquitto_rr", "-t", "questions", "-e", "answers/1", "-q", "1", "-m", "why",
            "-D", "publish", "correlation-data", "c1", "-W", str(int(LIMIT) // 2),
        )
        # fmt: on
        thread.join(LIMIT)
        self.assertEqual(result.stdout, "answer to why\n")

    def test_persistent_session_keeps_messages(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                options = ["-i", f"keeper-{version}", "-c", "-q", "1", "-t", f"keep/{version}"]
                self.run_tool("mosquitto_sub", *options, "-E", version=version)
                lines = "1\n2\n3\n"
                self.run_tool("mosquitto_pub", "-t", f"keep/{version}", "-q", "1", "-l", input=lines)
                result = self.run_tool("mosquitto_sub", *options, "-C", "3", "-F", "%p", version=version)
                self.assertEqual(result.stdout, lines)

    @only_ours
    def test_persistent_session_survives_kill_of_the_broker(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                options = ["-i", f"survivor-{version}", "-c", "-q", "1", "-t", f"survive/{version}"]
                self.run_tool("mosquitto_sub", *options, "-E", version=version)
                lines = "".join(f"{number}\n" for number in range(500))
                self.run_tool("mosquitto_pub", "-t", f"survive/{version}", "-q", "1", "-l", input=lines)
                self.broker.restart()
                result = self.run_tool("mosquitto_sub", *options, "-C", "500", "-F", "%p", version=version)
                self.assertEqual(result.stdout, lines)

    def test_subscriber_comes_back_after_kill_of_the_broker(self):
        receiver = self.start_subscriber("-i", "back", "-c", "-q", "1", "-t", "back", "-C", "1", "-F", "> %p")
        self.broker.restart()
        self.run_tool("mosquitto_sub", "-t", "$SYS/#", "-C", "1", "-W", str(int(LIMIT)))
        # It connects again by itself, and then its subscription is there again.
        receiver.wait_for_line("Subscribed")
        self.run_tool("mosquitto_pub", "-t", "back", "-q", "1", "-m", "again")
        self.assertEqual(receiver.messages(), ["again"])

    def test_shared_group_shares(self):
        # Room for all: a member whose window is full is passed over.
        room = ["-D", "connect", "receive-maximum", "1000"]
        shared = ["-t", "$share/group/work/#", "-q", "1", "-F", "> %p", *room]
        members = [self.start_subscriber("-i", f"member-{number}", *shared) for number in range(2)]
        lines = [f"{number}" for number in range(200)]
        self.run_tool("mosquitto_pub", "-t", "work/a", "-q", "1", "-l", input="\n".join(lines) + "\n")
        # Strictly in turn: each of two members gets every second message.
        seen = {tuple(member.messages(100)) for member in members}
        self.assertEqual(seen, {tuple(lines[0::2]), tuple(lines[1::2])})

    def test_shared_group_goes_on_when_a_member_is_killed(self):
        shared = ["-t", "$share/group/work/#", "-q", "1", "-F", "> %p"]
        first = self.start_subscriber("-i", "first", *shared)
        second = self.start_subscriber("-i", "second", *shared, "-C", "100")
        first.kill()
        lines = "".join(f"{number}\n" for number in range(100))
        self.run_tool("mosquitto_pub", "-t", "work/a", "-q", "1", "-l", input=lines)
        self.assertEqual(sorted(map(int, second.messages())), list(range(100)))

    def test_will_of_a_killed_client(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                receiver = self.start_subscriber("-t", "wills", "-q", "1", "-C", "1", "-F", "> %p")
                dying = self.start_subscriber(
                    "-t", "x", "--will-topic", "wills", "--will-payload", "gone", "--will-qos", "1", version=version
                )
                dying.kill()
                self.assertEqual(receiver.messages(), ["gone"])

    def test_many_lines_once_and_in_order(self):
        count = 3000
        for version in VERSIONS:
            with self.subTest(version=version):
                topic = f"once/{version}"
                options = ["-t", topic, "-q", "2"]
                receiver = self.start_subscriber(*options, "-C", str(count), "-F", "> %q %p", version=version)
                lines = [f"line {number}" for number in range(count)]
                self.run_tool("mosquitto_pub", *options, "-l", input="\n".join(lines) + "\n", version=version)
                self.assertEqual(receiver.messages(), [f"2 {line}" for line in lines])

    def test_a_session_keeps_messages_of_quality_two(self):
        self.run_tool("mosquitto_sub", "-i", "two", "-c", "-q", "2", "-t", "two", "-E")
        lines = [f"{number}" for number in range(50)]
        self.run_tool("mosquitto_pub", "-t", "two", "-q", "2", "-l", input="\n".join(lines) + "\n")
        if self.broker.is_ours():
            self.broker.restart()
        result = self.run_tool("mosquitto_sub", "-i", "two", "-c", "-q", "2", "-t", "two", "-C", "50", "-F", "%q %p")
        self.assertEqual(result.stdout.split("\n")[:-1], [f"2 {line}" for line in lines])

    def test_connection_lost_in_each_half_of_a_receivers_handshake(self):
        """mosquitto_sub comes back by itself; mosquitto_pub gives up, so there is no such test of a publisher."""
        cutter = Cutter(self.broker.port)
        self.addCleanup(cutter.close)
        receiver = self.start_subscriber(
            "-p", str(cutter.port), "-i", "receiver", "-c", "-t", "once", "-q", "2", "-F", "> %q %p"
        )
        sender, expected = self.peer("sender"), []
        for packet in (PUBLISH, PUBREC, PUBREL, PUBCOMP):
            for delivered in (True, False):
                expected.append(f"2 {packet} {delivered}")
                completed = cutter.passed(PUBCOMP, True)
                cutter.cut(packet, packet in (PUBREC, PUBCOMP), delivered)
                sender.publish("once", f"{packet} {delivered}", qos=2)
                wait_until(cutter.is_done, "the connection is cut")
                wait_until(lambda: cutter.passed(PUBCOMP, True) > completed, "the handshake ends")
        sender.publish("once", "end", qos=2)
        self.assertEqual(receiver.messages(len(expected) + 1), [*expected, "2 end"])

    def test_will_of_quality_two(self):
        receiver = self.start_subscriber("-t", "wills", "-q", "2", "-C", "1", "-F", "> %q %p")
        dying = self.start_subscriber("-t", "x", "--will-topic", "wills", "--will-payload", "gone", "--will-qos", "2")
        dying.kill()
        self.assertEqual(receiver.messages(), ["2 gone"])

    def test_session_takeover(self):
        first = self.start_subscriber("-i", "same", "-t", "t", "-q", "1", "-F", "> %p")
        second = self.start_subscriber("-i", "same", "-t", "t", "-q", "1", "-C", "1", "-F", "> %p")
        first.kill()
        self.run_tool("mosquitto_pub", "-t", "t", "-q", "1", "-m", "x")
        self.assertEqual(second.messages(), ["x"])


class MosquittoClientsAtLimits(BrokerCase):
    options = ("--limit", "queuedMessagesPerSession=10")

    @only_ours
    def test_quota_exceeded_is_answered(self):
        self.run_tool("mosquitto_sub", "-i", "away", "-c", "-q", "1", "-t", "full", "-E")
        for number in range(10):
            self.run_tool("mosquitto_pub", "-t", "full", "-q", "1", "-m", f"{number}")
        refused = self.run_tool("mosquitto_pub", "-t", "full", "-q", "1", "-m", "one too many", check=False)
        self.assertIn("Quota exceeded", refused.stdout + refused.stderr)
        result = self.run_tool("mosquitto_sub", "-i", "away", "-c", "-q", "1", "-t", "full", "-C", "10", "-F", "%p")
        self.assertEqual(result.stdout.split(), [f"{number}" for number in range(10)])
        self.run_tool("mosquitto_pub", "-t", "full", "-q", "1", "-m", "room again")
