"""The commit of the extension, as a client of another make would speak it, against our broker as a real process."""

import queue
import random
import threading

from broker import wait_until
from case import only_ours
from state_store import CHANGED, COMMIT, array, parse, timestamp
from test_state_store import StateStoreCase

EXTENSION = [("martlet", "1")]


@only_ours
class CommitCase(StateStoreCase):
    def member(self, identifier, expiry=3600, clean=False, **options):
        """A member of the group `workers`, which holds what it gets until the test says otherwise."""
        store = self.store(identifier, expiry=expiry, clean=clean, user=EXTENSION, **options)
        self.assertEqual(dict(store.peer.connack["user"]).get("martlet"), "1")
        store.peer.subscribe("$share/workers/work/#")
        return store

    def publisher(self):
        return self.wire_peer("publisher")


class Negotiation(CommitCase):
    def test_only_who_asks_is_told(self):
        plain = self.wire_peer("plain")
        self.assertNotIn("martlet", dict(plain.connack["user"]))
        plain.subscribe("work/#")
        self.publisher().publish("work/1", "x")
        message = plain.receive()
        self.assertIsNone(message.user("martlet-id"))
        self.assertIsNone(message.user("martlet-attempt"))

    def test_who_did_not_ask_cannot_commit(self):
        store = self.store("plain")
        answer = store._exchange(COMMIT, array([[["SET", "key", "x"]]]), [("__ts", timestamp())])
        self.assertEqual(parse(answer.payload), "ERR unknown command")
        self.assertIsNone(store.ask("GET", "key"))


class Committing(CommitCase):
    def test_all_of_it_happens(self):
        worker = self.member("worker")
        watcher = self.wire_peer("watcher")
        watcher.subscribe("results/#")
        self.publisher().publish("work/1", "x")
        message = worker.peer.receive()
        self.assertEqual(message.user("martlet-attempt"), "1")
        (outcome,) = worker.commit(
            [
                ["ACK", message.user("martlet-id")],
                ["SET", "state", "1", "IFV", "-"],
                ["PUBLISH", "results/1", "done", "QOS", "1", "TYPE", "text/plain", "UP", "a", "b", "CORRELATION", "c"],
            ]
        )
        self.assertEqual(outcome[0], b"OK")
        result = watcher.answer()
        self.assertEqual((result.topic, result.payload, result.qos), ("results/1", b"done", 1))
        self.assertEqual(result.properties["content_type"], "text/plain")
        self.assertEqual(result.user("a"), "b")
        read = worker.answer("GET", "state")
        self.assertEqual((parse(read.payload), read.user("__ts")), (b"1", outcome[1].decode()))

    def test_all_or_nothing(self):
        worker = self.member("worker")
        version = worker.answer("SET", "state", "1").user("__ts")
        watcher = self.wire_peer("watcher")
        watcher.subscribe("results/#")
        self.publisher().publish("work/1", "x")
        message = worker.peer.receive()
        identity = message.user("martlet-id")
        stale = "000000000000001:00000:StateStore"
        bad = {
            "conflict": [
                [["ACK", identity], ["PUBLISH", "results/1", "no", "QOS", "1"], ["SET", "state", "2", "IFV", stale]],
                [["ACK", identity], ["SET", "fresh", "2"], ["CHECK", "state", "-"]],
                [["ACK", identity], ["SET", "fresh", "2"], ["DEL", "state", "IFV", stale]],
            ],
            "gone": [[["ACK", "no such delivery"], ["SET", "fresh", "2"]]],
            "invalid": [
                [["ACK", identity], ["SET", "fresh", "2"], ["PUBLISH", "results/+", "no"]],
                [["ACK", identity], ["SET", "fresh", "2"], ["SET", "fresh", "3"]],
                [["ACK", identity], ["SET", "fresh", "2"], ["NONSENSE"]],
            ],
        }
        for code, commits in bad.items():
            for operations in commits:
                with self.subTest(operations=operations):
                    (outcome,) = worker.commit(operations)
                    self.assertEqual(outcome[:2], [b"REFUSED", code.encode()])
                    self.assertEqual(worker.ask("GET", "state"), b"1")
                    self.assertIsNone(worker.ask("GET", "fresh"))
        # One request, and each commit for itself.
        outcomes = worker.commit(
            [["SET", "other", "1"]],
            [["SET", "state", "9", "IFV", stale]],
            [["ACK", identity], ["SET", "state", "2", "IFV", version], ["PUBLISH", "results/1", "yes", "QOS", "1"]],
        )
        self.assertEqual([outcome[0] for outcome in outcomes], [b"OK", b"REFUSED", b"OK"])
        self.assertEqual(watcher.receive().payload, b"yes")
        self.assertEqual(worker.ask("GET", "state"), b"2")

    def test_committed_is_not_delivered_again(self):
        for number, end in enumerate(("crash", "close", "kill")):
            with self.subTest(end=end):
                worker = self.member(f"worker {number}")
                self.publisher().publish("work/1", end)
                message = worker.peer.receive()
                self.assertEqual(worker.commit([["ACK", message.user("martlet-id")], ["SET", end, "1"]])[0][0], b"OK")
                # No PUBACK: only the commit counts.
                if end == "kill":
                    self.broker.restart()
                else:
                    getattr(worker.peer, end)()
                again = self.member(f"worker {number}")
                self.publisher().publish("work/2", "next")
                following = again.peer.receive()
                self.assertEqual(following.payload, b"next")
                again.commit([["ACK", following.user("martlet-id")]])
                again.peer.acknowledge(following)
                self.assertEqual(again.ask("GET", end), b"1")
                again.peer.close()

    def test_a_zombie_is_refused(self):
        first = self.member("first")
        self.publisher().publish("work/1", "x")
        message = first.peer.receive()
        second = self.member("second")
        takeover = self.member("first", clean=False)  # Ends the first connection.
        self.assertTrue(first.peer.ended.wait(60))
        holders = [second, takeover]
        wait_until(lambda: any(not h.peer.messages.empty() for h in holders), "somebody gets the message")
        holder = next(h for h in holders if not h.peer.messages.empty())
        again = holder.peer.receive()
        other = second if holder is takeover else takeover
        self.assertEqual(again.user("martlet-id"), message.user("martlet-id"))
        self.assertEqual(again.user("martlet-attempt"), "2")
        (outcome,) = other.commit([["ACK", message.user("martlet-id")], ["SET", "state", "zombie"]])
        self.assertEqual(outcome[:2], [b"REFUSED", b"gone"])
        (outcome,) = holder.commit([["ACK", message.user("martlet-id")], ["SET", "state", "heir"]])
        self.assertEqual(outcome[0], b"OK")
        (outcome,) = holder.commit([["ACK", message.user("martlet-id")], ["SET", "state", "twice"]])
        self.assertEqual(outcome[:2], [b"REFUSED", b"gone"])
        self.assertEqual(holder.ask("GET", "state"), b"heir")

    def test_retry_comes_back_later_with_its_count(self):
        worker = self.member("worker")
        self.publisher().publish("work/1", "x")
        message = worker.peer.receive()
        (outcome,) = worker.commit([["RETRY", message.user("martlet-id"), "50", "not now"]])
        self.assertEqual(outcome[0], b"OK")
        worker.peer.acknowledge(message)
        again = worker.peer.receive()
        self.assertEqual(again.user("martlet-id"), message.user("martlet-id"))
        self.assertEqual(again.user("martlet-attempt"), "2")


class Extension(CommitCase):
    def test_many_keys_at_once(self):
        store = self.member("worker")
        versions = [store.answer("SET", f"a/{number}", f"{number}").user("__ts").encode() for number in range(5)]
        self.assertEqual(store.ask("GETMANY", "a/1", "none", "a/3"), [[b"1", versions[1]], None, [b"3", versions[3]]])
        self.assertEqual(
            store.ask("GETNEW", "a/1", versions[1], "a/2", "-", "none", versions[0]), [0, [b"2", versions[2]], None]
        )

    def test_scan_finds_each_key_once(self):
        store = self.member("worker")
        store.commit(*[[["SET", f"a/{number}", f"{number}"]] for number in range(50)])
        store.ask("SET", "b/1", "other")
        cursor, found = b"", []
        while True:
            cursor, entries = store.ask("SCAN", "a/", cursor, "7", "VALUES")
            found += [(key, value) for key, _, value in entries]
            if not cursor:
                break
        self.assertEqual(sorted(found), sorted((f"a/{n}".encode(), f"{n}".encode()) for n in range(50)))
        since = store.answer("GET", "b/1").user("__ts")
        store.ask("SET", "a/7", "new")
        store.ask("SET", "b/1", "newer")
        cursor, entries = store.ask("SCAN", "a/", "", "100", "SINCE", since)
        self.assertEqual((cursor, [entry[0] for entry in entries]), (b"", [b"a/7"]))

    def test_prefix_watch_tells_of_others(self):
        store, other = self.member("worker"), self.member("other")
        self.assertEqual(store.ask("WATCH", "a/"), "OK")
        store.commit([["SET", "a/own", "x"]])
        (outcome,) = other.commit([["SET", "a/1", "x"], ["SET", "b/1", "x"]])
        notice = store.peer.receive()
        self.assertEqual((notice.topic, notice.qos), (CHANGED, 0))
        self.assertEqual(parse(notice.payload), [[b"a/1", outcome[1]]])
        other.ask("DEL", "a/1")
        self.assertEqual(parse(store.peer.receive().payload), [[b"a/1", b"-"]])


class Chaos(CommitCase):
    def test_a_sum_under_kill_is_exact(self):
        """Workers add numbers to one key, read and written by version, while the broker and their connections are killed."""
        count, seed = 400, random.SystemRandom().randrange(1 << 32)
        print(f"seed {seed}", end=" ", flush=True)
        chance = random.Random(seed)
        self.member("worker 0").peer.close()  # The group stands.
        publisher = self.publisher()
        for number in range(1, count + 1):
            self.assertEqual(publisher.publish(f"work/{number}", f"{number}"), 0)
        done = threading.Event()

        def work(name, seed):
            chance = random.Random(seed)
            while not done.is_set():
                try:
                    store = self.member(name)
                    while not done.is_set():
                        self.step(store, chance)
                except (AssertionError, AttributeError, OSError, TypeError, EOFError):
                    # The connection or the broker went away: a real worker would come back just so.
                    continue

        threads = [threading.Thread(target=work, args=(f"worker {n}", chance.random()), daemon=True) for n in range(3)]
        for thread in threads:
            thread.start()
        reader = self.store("reader 0")
        for kill in range(1, 7):
            wait_until(lambda: int(reader.ask("GET", "count") or 0) >= kill * count // 10, "workers go on")
            self.broker.restart()
            reader = self.store(f"reader {kill}")
        wait_until(lambda: int(reader.ask("GET", "count") or 0) >= count, "all is handled")
        done.set()
        for thread in threads:
            thread.join(60)
            self.assertFalse(thread.is_alive())
        self.assertEqual(int(reader.ask("GET", "sum")), count * (count + 1) // 2)
        self.assertEqual(int(reader.ask("GET", "count")), count)

    def step(self, store, chance):
        if store.peer.ended.is_set():
            raise EOFError
        try:
            message = store.peer.messages.get(timeout=0.05)
        except queue.Empty:
            return
        while True:
            total, number = (store.answer("GET", key) for key in ("sum", "count"))
            commit = [["ACK", message.user("martlet-id")]]
            for key, answer, more in (("sum", total, int(message.payload)), ("count", number, 1)):
                value = parse(answer.payload)
                commit.append(
                    ["SET", key, int(value or 0) + more, "IFV", answer.user("__ts") if value is not None else "-"]
                )
            (outcome,) = store.commit(commit)
            if outcome[0] == b"OK" or outcome[1] == b"gone":
                break
            assert outcome[1] == b"conflict", outcome
        if chance.random() < 0.1:
            store.peer.crash()
            raise EOFError
        store.peer.acknowledge(message)
