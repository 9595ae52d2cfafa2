"""paho-mqtt against the broker: sessions, what survives a crash, takeover, wills and keep-alive."""

import threading
import time

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCodes

from broker import wait_until
from case import BrokerCase, only_ours

DISCONNECT_WITH_WILL = ReasonCodes(PacketTypes.DISCONNECT, identifier=4)
SESSION_TAKEN_OVER = 0x8E


class Sessions(BrokerCase):
    def test_session_is_resumed_with_its_messages(self):
        first = self.peer("keeper", expiry=3600)
        self.assertFalse(first.session_present)
        self.assertEqual(first.subscribe("a/#"), [1])
        first.disconnect()
        sender = self.peer("sender")
        for number in range(10):
            sender.publish("a/b", f"{number}")
        second = self.peer("keeper", clean=False, expiry=3600)
        self.assertTrue(second.session_present)
        self.assertEqual(second.payloads(10), [f"{number}" for number in range(10)])

    def test_clean_start_forgets(self):
        first = self.peer("forgetful", expiry=3600)
        first.subscribe("a")
        first.disconnect()
        sender = self.peer("sender")
        sender.publish("a", "lost")
        second = self.peer("forgetful", clean=True)
        self.assertFalse(second.session_present)
        second.subscribe("a")
        sender.publish("a", "new")
        self.assertEqual(second.payloads(1), ["new"])

    def test_session_without_expiry_ends_with_the_connection(self):
        first = self.peer("brief")
        first.subscribe("a")
        first.disconnect()
        self.assertFalse(self.peer("brief", clean=False).session_present)

    def test_session_expires(self):
        first = self.peer("short", expiry=1)
        first.subscribe("a")
        first.disconnect()
        # There is no sign of a session that expired but its absence.
        time.sleep(2.5)
        self.assertFalse(self.peer("short", clean=False).session_present)

    def test_session_of_version_3_1_1(self):
        first = self.peer("old", version=4, clean=False)
        self.assertFalse(first.session_present)
        self.assertEqual(first.subscribe("a"), [1])
        first.disconnect()
        self.peer("sender").publish("a", "kept")
        second = self.peer("old", version=4, clean=False)
        self.assertTrue(second.session_present)
        self.assertEqual(second.payloads(1), ["kept"])

    def test_unacknowledged_message_comes_again_marked(self):
        first = self.peer("again", expiry=3600)
        first.hold = threading.Event()
        first.subscribe("a")
        self.peer("sender").publish("a", "x")
        self.assertFalse(first.receive().dup)
        first.crash()
        second = self.peer("again", clean=False, expiry=3600)
        message = second.receive()
        self.assertEqual((message.payload, message.dup), (b"x", True))

    @only_ours
    def test_session_survives_kill_of_the_broker(self):
        first = self.peer("survivor", expiry=3600)
        first.subscribe("a/#")
        first.disconnect()
        sender = self.peer("sender")
        for number in range(100):
            sender.publish("a/b", f"{number}", UserProperty=("n", f"{number}"))
        self.broker.restart()
        second = self.peer("survivor", clean=False, expiry=3600)
        self.assertTrue(second.session_present)
        for number in range(100):
            message = second.receive()
            self.assertEqual(message.payload, f"{number}".encode())
            self.assertEqual(message.properties.UserProperty, [("n", f"{number}")])
        # The subscription came back too.
        self.peer("sender").publish("a/c", "after")
        self.assertEqual(second.payloads(1), ["after"])

    @only_ours
    def test_acknowledged_delivery_does_not_come_back_after_kill(self):
        first = self.peer("acknowledger", expiry=3600)
        first.subscribe("a")
        sender = self.peer("sender")
        sender.publish("a", "once")
        self.assertEqual(first.payloads(1), ["once"])
        # An acknowledgement is not answered; an answer to something later says that it was read. A publish is durable when it is
        # acknowledged, and so is what came before it.
        first.publish("other", "after the acknowledgement")
        first.disconnect()
        sender.publish("a", "twice")
        self.broker.restart()
        second = self.peer("acknowledger", clean=False, expiry=3600)
        self.assertEqual(second.payloads(1), ["twice"])

    @only_ours
    def test_retained_message_survives_kill(self):
        self.peer("sender").publish("kept", "value", retain=True)
        self.broker.restart()
        reader = self.peer("reader")
        reader.subscribe("kept")
        message = reader.receive()
        self.assertEqual((message.payload, message.retain), (b"value", True))

    @only_ours
    def test_takeover(self):
        first = self.peer("same", expiry=3600)
        first.subscribe("a")
        second = self.peer("same", clean=False, expiry=3600)
        self.assertTrue(second.session_present)
        self.assertEqual(first.wait_for_end(), SESSION_TAKEN_OVER)
        self.peer("sender").publish("a", "x")
        self.assertEqual(second.payloads(1), ["x"])

    def test_identifier_is_assigned(self):
        names = {self.peer("").connack.AssignedClientIdentifier for _ in range(2)}
        self.assertEqual(len(names), 2)

    def test_session_expiry_may_change_when_leaving(self):
        first = self.peer("changing", expiry=3600)
        first.subscribe("a")
        from peer import properties

        first.client.disconnect(properties=properties(PacketTypes.DISCONNECT, {"SessionExpiryInterval": 0}))
        first.wait_for_end()
        self.assertFalse(self.peer("changing", clean=False).session_present)


class Wills(BrokerCase):
    def setUp(self):
        super().setUp()
        self.watcher = self.peer("watcher")
        self.watcher.subscribe("wills/#")

    def test_crash_sends_the_will(self):
        dying = self.peer("dying", will=("wills/a", "gone", 1, False, {"UserProperty": ("why", "crash")}))
        dying.crash()
        message = self.watcher.receive()
        self.assertEqual(message.payload, b"gone")
        self.assertEqual(message.properties.UserProperty, [("why", "crash")])

    def test_good_bye_drops_the_will(self):
        leaving = self.peer("leaving", will=("wills/a", "gone", 1, False, {}))
        leaving.disconnect()
        self.peer("sender").publish("wills/end", "end")
        self.assertEqual(self.watcher.payloads_until("end"), [])

    def test_good_bye_with_will(self):
        leaving = self.peer("leaving", will=("wills/a", "gone", 1, False, {}))
        leaving.disconnect(reason=DISCONNECT_WITH_WILL)
        self.assertEqual(self.watcher.payloads(1), ["gone"])

    def test_delay_is_waited_for(self):
        dying = self.peer("dying", expiry=60, will=("wills/a", "late", 1, False, {"WillDelayInterval": 2}))
        start = time.monotonic()
        dying.crash()
        self.assertEqual(self.watcher.payloads(1), ["late"])
        self.assertGreaterEqual(time.monotonic() - start, 1.9)

    def test_coming_back_within_the_delay_drops_the_will(self):
        dying = self.peer("dying", expiry=60, will=("wills/a", "late", 1, False, {"WillDelayInterval": 2}))
        dying.crash()
        self.assertTrue(self.peer("dying", clean=False, expiry=60).session_present)
        # Nothing tells of a will that was dropped but its absence after the delay.
        time.sleep(3.5)
        self.peer("sender").publish("wills/end", "end")
        self.assertEqual(self.watcher.payloads_until("end"), [])

    def test_end_of_the_session_ends_the_delay(self):
        dying = self.peer("dying", expiry=1, will=("wills/a", "soon", 1, False, {"WillDelayInterval": 3600}))
        dying.crash()
        self.assertEqual(self.watcher.payloads(1), ["soon"])

    def test_retained_will(self):
        dying = self.peer("dying", will=("wills/kept", "gone", 1, True, {}))
        dying.crash()
        self.assertEqual(self.watcher.payloads(1), ["gone"])
        late = self.peer("late")
        late.subscribe("wills/kept")
        self.assertTrue(late.receive().retain)

    def test_silence_beyond_keep_alive_sends_the_will(self):
        # Connected, and then nobody runs the client: it sends no ping.
        self.peer("silent", keepalive=1, loop=False, will=("wills/a", "silent", 1, False, {}))
        self.assertEqual(self.watcher.payloads(1), ["silent"])

    @only_ours
    def test_delayed_will_survives_kill_of_the_broker(self):
        dying = self.peer("dying", expiry=60, will=("wills/a", "late", 1, True, {"WillDelayInterval": 3}))
        dying.crash()
        self.broker.restart()
        reader = self.peer("reader")
        reader.subscribe("wills/a")
        self.assertEqual(reader.payloads(1), ["late"])


class BrokerStops(BrokerCase):
    @only_ours
    def test_clients_are_told_and_the_exit_code_is_zero(self):
        client = self.peer("told")
        self.assertEqual(self.broker.stop(), 0)
        self.assertEqual(client.wait_for_end(), 0x8B)

    @only_ours
    def test_second_broker_on_one_directory_is_refused(self):
        import subprocess

        from broker import LIMIT, free_port

        command = self.broker.command()
        command[command.index("--port") + 1] = str(free_port())
        second = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another", second.stderr.lower())
        # And the first goes on.
        self.peer("client").publish("a", "x")
        self.broker.kill()
        wait_until(lambda: self.broker.process.poll() is not None, "the first has ended")
        # A lock that a killed broker left behind would keep the next one out.
        self.broker.start()
