"""The state store protocol as the public SDK clients speak it, against our broker as a real process."""

import threading

from broker import LIMIT
from case import BrokerCase, only_ours
from state_store import (
    INVOKE,
    STORE,
    StateClient,
    StoreError,
    array,
    notification_topic,
    parse,
    response_topics,
    timestamp,
)
from wire_peer import WirePeer

TOO_FAR = "is too far in the future; ensure that the client and broker system clocks are synchronized"


@only_ours
class StateStoreCase(BrokerCase):
    def wire_peer(self, identifier, **options):
        peer = WirePeer(self.broker.port, identifier, **options)
        self.addCleanup(peer.crash)
        return peer

    def store(self, identifier="client-1", style="rust", **options):
        return StateClient(self.wire_peer(identifier, **options), style)

    def version(self, answer):
        """The version of an answer, as a tuple that can be compared."""
        stamp = answer.user("__ts")
        self.assertIsNotNone(stamp)
        milliseconds, counter, node = stamp.split(":")
        self.assertEqual(node, "StateStore")
        return int(milliseconds), int(counter)


class Commands(StateStoreCase):
    def test_each_style_of_response_topic(self):
        for number, style in enumerate(response_topics("any")):
            with self.subTest(style=style):
                store = self.store(f"client {number}", style)
                answer = store.answer("SET", "key", "1234")
                self.assertEqual(answer.topic, store.response)
                self.assertEqual(answer.payload, b"+OK\r\n")
                self.assertEqual(answer.user("__stat"), "200")
                self.assertIn(answer.user("__protVer"), (None, "1.0"))
                self.assertIn(answer.properties.get("content_type"), (None, "application/octet-stream"))
                self.assertEqual(answer.qos, 1)
                written = self.version(answer)
                read = store.answer("GET", "key")
                self.assertEqual(read.payload, b"$4\r\n1234\r\n")
                self.assertEqual(self.version(read), written)

    def test_get_of_nothing_has_no_version(self):
        answer = self.store().answer("GET", "nothing")
        self.assertEqual(answer.payload, b"$-1\r\n")
        self.assertIsNone(answer.user("__ts"))

    def test_empty_value_is_a_value(self):
        store = self.store()
        store.ask("SET", "key", "")
        answer = store.answer("GET", "key")
        self.assertEqual(answer.payload, b"$0\r\n\r\n")
        self.version(answer)

    def test_bytes_of_any_kind(self):
        store = self.store()
        key, value = bytes(range(256)), b"\r\n$5\r\n" + bytes(range(256)) * 250
        self.assertEqual(store.ask("SET", key, value), "OK")
        self.assertEqual(store.ask("GET", key), value)
        long = b"k" * 6_500
        self.assertEqual(store.ask("SET", long, b"v" * 65_000), "OK")
        self.assertEqual(store.ask("GET", long), b"v" * 65_000)

    def test_conditions(self):
        store = self.store()
        self.assertEqual(store.ask("SET", "key", "a", "NX"), "OK")
        refused = store.answer("SET", "key", "b", "NX")
        self.assertEqual(refused.payload, b":-1\r\n")
        stored = self.version(refused)
        self.assertEqual(store.ask("SET", "key", "b", "NEX"), -1)
        renewed = store.answer("SET", "key", "a", "NEX")
        self.assertEqual(renewed.payload, b"+OK\r\n")
        self.assertGreater(self.version(renewed), stored)

    def test_deleting(self):
        store = self.store()
        self.assertEqual(store.ask("DEL", "key"), 0)
        store.ask("SET", "key", "a")
        self.assertEqual(store.ask("VDEL", "key", "b"), -1)
        answer = store.answer("VDEL", "key", "a")
        self.assertEqual(answer.payload, b":1\r\n")
        self.version(answer)
        self.assertEqual(store.ask("VDEL", "key", "a"), 0)
        store.ask("SET", "key", "a")
        self.assertEqual(store.ask("DEL", "key"), 1)
        self.assertIsNone(store.ask("GET", "key"))

    def test_versions_grow_past_the_request_and_each_other(self):
        store = self.store()
        stamp = timestamp(ahead=30)
        first = store.answer("SET", "a", "1", ts=stamp)
        self.assertGreater(self.version(first), (int(stamp.split(":")[0]), 0))
        second = store.answer("SET", "b", "1")
        self.assertGreater(self.version(second), self.version(first))

    def test_errors_have_their_texts(self):
        store = self.store()
        cases = [
            (("FLUSHALL",), {}, "unknown command"),
            (("GET",), {}, "wrong number of arguments"),
            (("GET", "a", "b"), {}, "wrong number of arguments"),
            (("GET", ""), {}, "the key length is zero"),
            (("SET", "key", "value"), {"ts": None}, "missing timestamp"),
            (("SET", "key", "value"), {"ts": "yesterday"}, "malformed timestamp"),
            (("SET", "key", "value"), {"ft": "1:2"}, "malformed timestamp"),
            (("SET", "key", "value"), {"ts": timestamp(ahead=120)}, f"the request timestamp {TOO_FAR}"),
            (("SET", "key", "value"), {"ft": timestamp(ahead=120)}, f"the request fencing token timestamp {TOO_FAR}"),
            (("GETMANY", "a"), {}, "unknown command"),
            (("SCAN", "", "", "10"), {}, "unknown command"),
        ]
        for command, options, expected in cases:
            with self.subTest(command=command, options=options):
                answer = store.answer(*command, **options)
                self.assertEqual(answer.payload, f"-ERR {expected}\r\n".encode())
                self.assertEqual(answer.user("__stat"), "200")
        for payload in (b"", b"*1\r\n", b"*2\r\n$3\r\nGET\r\n$1\r\na", b"GET key", b"*-1\r\n", b"*1\r\n$99999999999999999999\r\n"):
            with self.subTest(payload=payload):
                answer = store._exchange(INVOKE, payload, [("__ts", timestamp())])
                self.assertEqual(answer.payload, b"-ERR syntax error\r\n")
        self.assertIsNone(store.ask("GET", "key"))

    def test_fencing(self):
        store = self.store()
        old, new = timestamp(ahead=-10), timestamp()
        self.assertEqual(store.ask("SET", "key", "a", ft=new), "OK")
        self.assertEqual(store.ask("SET", "key", "b"), StoreError("ERR a fencing token is required for this request"))
        lower = StoreError(
            "ERR the request fencing token is a lower version than the fencing token protecting the resource"
        )
        for command in (("SET", "key", "b"), ("DEL", "key"), ("VDEL", "key", "a")):
            self.assertEqual(store.ask(*command, ft=old), lower)
        self.assertEqual(store.ask("GET", "key"), b"a")
        self.assertEqual(store.ask("VDEL", "key", "other", ft=new), -1)
        self.assertEqual(store.ask("SET", "key", "b", ft=new), "OK")
        self.assertEqual(store.ask("DEL", "key", ft=new), 1)
        self.assertEqual(store.ask("SET", "key", "c"), "OK")


class Notifications(StateStoreCase):
    def test_each_change_once_whatever_is_subscribed(self):
        # .NET subscribes to a filter that cannot match; Rust and Go to one that does.
        for filter in (None, "clients/{store}/{hex}/command/notify/+"):
            with self.subTest(filter=filter):
                name = f"watcher {filter is None}"
                watcher = self.store(name)
                if filter:
                    watcher.peer.subscribe(filter.format(store=STORE, hex=name.encode().hex().upper()))
                writer = self.store(f"writer {filter is None}")
                key = f"key {filter is None}"
                self.assertEqual(watcher.ask("KEYNOTIFY", key), "OK")
                self.assertEqual(watcher.ask("KEYNOTIFY", key), "OK")
                written = writer.answer("SET", key, "abc")
                writer.ask("SET", f"other {key}", "x")
                writer.ask("DEL", key)
                first, second = watcher.peer.receive(), watcher.peer.receive()
                self.assertEqual(first.topic, notification_topic(name, key))
                self.assertEqual(first.payload, array(["NOTIFY", "SET", "VALUE", "abc"]))
                self.assertEqual(first.user("__ts"), written.user("__ts"))
                self.assertEqual(second.payload, array(["NOTIFY", "DELETE"]))
                self.assertIsNotNone(second.user("__ts"))
                self.assertEqual(watcher.ask("KEYNOTIFY", key, "STOP"), "OK")
                self.assertEqual(watcher.ask("KEYNOTIFY", key, "STOP"), 0)
                writer.ask("SET", key, "unseen")
                self.assertEqual(watcher.ask("GET", key), b"unseen")
                self.assertTrue(watcher.peer.messages.empty())

    def test_expiry_is_told(self):
        watcher = self.store("watcher")
        watcher.ask("KEYNOTIFY", "key")
        watcher.ask("SET", "key", "brief", "PX", "300")
        self.assertEqual(parse(watcher.peer.receive().payload), [b"NOTIFY", b"SET", b"VALUE", b"brief"])
        gone = watcher.peer.receive()
        self.assertEqual(parse(gone.payload), [b"NOTIFY", b"DELETE"])
        self.assertIsNotNone(gone.user("__ts"))
        self.assertIsNone(watcher.ask("GET", "key"))

    def test_registration_ends_with_the_connection(self):
        watcher = self.store("watcher", expiry=3600)
        watcher.ask("KEYNOTIFY", "key")
        watcher.peer.crash()
        writer = self.store("writer")
        writer.ask("SET", "key", "while away")
        again = self.store("watcher", clean=False, expiry=3600)
        self.assertTrue(again.peer.session_present)
        writer.ask("SET", "key", "after")
        self.assertEqual(again.ask("GET", "key"), b"after")
        self.assertTrue(again.peer.messages.empty())


class Envelope(StateStoreCase):
    def test_requests_are_not_routed(self):
        spy = self.wire_peer("spy")
        spy.subscribe("#")
        spy.subscribe("statestore/#")
        store = self.store()
        store.ask("SET", "key", "secret")
        store.peer.publish("marker", "x")
        seen = []
        while not seen or seen[-1].topic != "marker":
            seen.append(spy.receive())
        self.assertEqual([message.topic for message in seen if message.topic.startswith("statestore/")], [])

    def test_forbidden_response_topics_end_the_connection(self):
        for number, topic in enumerate((INVOKE, f"clients/{STORE}/x")):
            with self.subTest(topic=topic):
                peer = self.wire_peer(f"bad {number}")
                peer.publish(INVOKE, array(["GET", "key"]), response=topic, correlation=b"1", wait=False)
                self.assertTrue(peer.ended.wait(LIMIT))
                self.assertGreaterEqual(peer.disconnect_reason, 0x80)

    def test_a_request_without_response_topic_changes_nothing(self):
        peer = self.wire_peer("mute")
        peer.publish(INVOKE, array(["SET", "key", "x"]), user=[("__ts", timestamp())])
        self.assertIsNone(self.store().ask("GET", "key"))


class Durability(StateStoreCase):
    def test_what_was_answered_survives_kill(self):
        store = self.store()
        versions = {}
        for number in range(200):
            versions[number] = store.answer("SET", f"key {number}", f"{number}").user("__ts")
        for number in range(0, 200, 3):
            self.assertEqual(store.ask("DEL", f"key {number}"), 1)
        store.ask("SET", "fenced", "x", ft=(token := timestamp()))
        store.ask("SET", "lasting", "x", "PX", "3600000")
        newest = self.version(store.answer("SET", "last", "x"))
        self.broker.restart()
        again = self.store()
        for number in range(200):
            answer = again.answer("GET", f"key {number}")
            if number % 3 == 0:
                self.assertEqual(answer.payload, b"$-1\r\n")
            else:
                self.assertEqual((parse(answer.payload), answer.user("__ts")), (f"{number}".encode(), versions[number]))
        self.assertEqual(again.ask("SET", "fenced", "y"), StoreError("ERR a fencing token is required for this request"))
        self.assertEqual(again.ask("SET", "fenced", "y", ft=token), "OK")
        self.assertEqual(again.ask("GET", "lasting"), b"x")
        self.assertGreater(self.version(again.answer("SET", "new", "x")), newest)

    def test_a_counter_is_never_behind_its_answers(self):
        """Compare-and-set by NX on numbered keys from several clients, with the broker killed in between."""
        names = ("one", "two", "three")
        answered = {name: set() for name in names}
        rounds = 4
        for turn in range(rounds):
            threads = []
            peers = [self.store(f"{name} {turn}") for name in names]
            enough = threading.Event()

            def claim(name, store, turn=turn, enough=enough):
                for number in range(100_000):
                    outcome = store.answer("SET", f"{turn}/{number}", name, "NX")
                    if outcome is None:
                        return
                    if outcome.payload == b"+OK\r\n":
                        answered[name].add(f"{turn}/{number}")
                    if number > 100:
                        enough.set()

            for name, store in zip(names, peers):
                threads.append(threading.Thread(target=claim, args=(name, store), daemon=True))
                threads[-1].start()
            self.assertTrue(enough.wait(LIMIT))
            self.broker.kill()
            for thread in threads:
                thread.join(LIMIT)
                self.assertFalse(thread.is_alive())
            self.broker.start()
        reader = self.store("reader")
        claimed = sum(len(keys) for keys in answered.values())
        self.assertGreater(claimed, 100 * rounds)
        self.assertEqual(claimed, len(set().union(*answered.values())), "a key was given to two clients")
        for name, keys in answered.items():
            for key in keys:
                self.assertEqual(reader.ask("GET", key), name.encode(), key)
