"""paho-mqtt against the broker: a shared group whose members die as processes."""

import signal
import subprocess
import sys
from pathlib import Path

from broker import LIMIT, wait_until
from case import BrokerCase, only_ours

MEMBER = Path(__file__).with_name("holding_member.py")


class SharedGroups(BrokerCase):
    def start_holder(self, window):
        """A process that joins the group, takes as many messages as its window holds and acknowledges none."""
        process = subprocess.Popen(
            [sys.executable, str(MEMBER), str(self.broker.port), "holder", str(window)],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self._end, process)
        self.assertEqual(process.stdout.readline(), "joined\n")
        return process

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.kill()
        process.wait(LIMIT)
        process.stdout.close()

    @only_ours
    def test_messages_of_a_killed_member_go_to_the_others(self):
        holder = self.start_holder(window=5)
        other = self.peer("other", expiry=3600)
        other.subscribe("$share/group/work/#")
        sender = self.peer("sender")
        everything = {f"{number}" for number in range(40)}
        for payload in sorted(everything, key=int):
            sender.publish("work/a", payload)
        self.assertEqual(holder.stdout.readline(), "holds one\n")
        # The holder has as many as its window allows; all others reach the other member while it lives.
        before = set(other.payloads(35))
        holder.send_signal(signal.SIGKILL)
        holder.wait(LIMIT)
        after = set(other.payloads(5))
        self.assertEqual(before | after, everything)
        self.assertEqual(len(before) + len(after), len(everything))

    def test_group_without_members_at_work_keeps_messages(self):
        member = self.peer("member", expiry=3600)
        member.subscribe("$share/group/work/#")
        member.disconnect()
        sender = self.peer("sender")
        for number in range(10):
            sender.publish("work/a", f"{number}")
        back = self.peer("member", clean=False, expiry=3600)
        self.assertEqual(back.payloads(10), [f"{number}" for number in range(10)])

    @only_ours
    def test_group_survives_kill_of_the_broker(self):
        member = self.peer("member", expiry=3600)
        member.subscribe("$share/group/work/#")
        member.disconnect()
        sender = self.peer("sender")
        for number in range(50):
            sender.publish("work/a", f"{number}")
        self.broker.restart()
        back = self.peer("member", clean=False, expiry=3600)
        self.assertTrue(back.session_present)
        self.assertEqual(sorted(map(int, back.payloads(50))), list(range(50)))

    @only_ours
    def test_member_that_leaves_hands_back(self):
        holder = self.start_holder(window=5)
        sender = self.peer("sender")
        for number in range(3):
            sender.publish("work/a", f"{number}")
        self.assertEqual(holder.stdout.readline(), "holds one\n")
        other = self.peer("other")
        other.subscribe("$share/group/work/#")
        holder.send_signal(signal.SIGTERM)
        holder.wait(LIMIT)
        self.assertEqual(set(other.payloads(3)), {"0", "1", "2"})

    def test_every_group_gets_every_message(self):
        members = {}
        for group in ("a", "b"):
            for number in range(2):
                name = f"{group}{number}"
                members[name] = self.peer(name)
                members[name].subscribe(f"$share/{group}/work/#")
        sender = self.peer("sender")
        for number in range(10):
            sender.publish("work/x", f"{number}")
        for group in ("a", "b"):
            seen = [int(payload) for number in range(2) for payload in members[f"{group}{number}"].payloads(5)]
            self.assertEqual(sorted(seen), list(range(10)))
