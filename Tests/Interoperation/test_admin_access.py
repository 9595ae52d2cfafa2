"""Who may use the admin API of a broker that is set up by a file: asked by curl's ways, over real HTTP."""

import base64
import os
import signal
import subprocess
import urllib.error
import urllib.request
import unittest

from broker import LIMIT, Broker, free_port, wait_until
from configured_broker import ConfiguredBroker


@unittest.skipUnless(Broker.is_ours(), "about our broker")
class AdminAccess(unittest.TestCase):
    def setUp(self):
        self.admin = free_port()
        self.users = [("boss", "b-secret", "admin"), ("eye", "e-secret", "admin-read"), ("guest", "g-secret", "staff")]
        self.broker = ConfiguredBroker(self.file)
        self.addCleanup(self.broker.remove)
        wait_until(lambda: self.ask("/startup") == 200, "the admin API answers")

    def passwd(self, folder, name, password, group):
        command = [os.environ["MARTLET"], "passwd", os.path.join(folder, "users"), name, "--group", group]
        subprocess.run(command, input=password + "\n", text=True, check=True, capture_output=True, timeout=LIMIT)

    def file(self, folder, port):
        if not os.path.exists(os.path.join(folder, "users")):
            for user in self.users:
                self.passwd(folder, *user)
        return (
            f"data: {folder}/data\nlisteners: [{{name: plain, port: {port}, allowAnonymous: true}}]\n"
            f"admin:\n  port: {self.admin}\n  authentication: [{{passwordFile: {{path: {folder}/users}}}}]\n"
        )

    def ask(self, path, user=None, password=None, method="GET", bearer=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin}{path}", method=method)
        if user is not None:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
        if bearer is not None:
            request.add_header("Authorization", "Bearer " + bearer)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError:
            return 0

    def test_only_who_may_looks_and_acts(self):
        self.assertEqual(self.ask("/live"), 200)
        self.assertEqual(self.ask("/v1/sessions"), 401)
        self.assertEqual(self.ask("/v1/sessions", bearer="x.y.z"), 401)
        self.assertEqual(self.ask("/v1/sessions", "boss", "wrong"), 401)
        self.assertEqual(self.ask("/v1/sessions", "nobody", "b-secret"), 401)
        self.assertEqual(self.ask("/v1/sessions", "guest", "g-secret"), 403)
        self.assertEqual(self.ask("/v1/sessions", "eye", "e-secret"), 200)
        self.assertEqual(self.ask("/v1/sessions/x/kick", "eye", "e-secret", method="POST"), 403)
        # There is no such client: it was let in.
        self.assertEqual(self.ask("/v1/sessions/x/kick", "boss", "b-secret", method="POST"), 404)

    def test_a_reload_takes_new_passwords(self):
        self.assertEqual(self.ask("/v1/sessions", "eye", "e-secret"), 200)
        self.passwd(self.broker.folder, "eye", "other", "admin-read")
        self.broker.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.ask("/v1/sessions", "eye", "other") == 200, "the new password is taken")
        self.assertEqual(self.ask("/v1/sessions", "eye", "e-secret"), 401)
