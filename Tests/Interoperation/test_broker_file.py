"""The broker's file: its schema, its examples, and what `martlet broker check` says of it."""

import glob
import json
import os
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

from broker import LIMIT, Broker

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def martlet(*arguments):
    return subprocess.run([os.environ["MARTLET"], *arguments], capture_output=True, text=True, timeout=LIMIT)


def check(text):
    """What `martlet broker check` says of a file with a text; and the path of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "broker.yaml")
        with open(path, "w") as file:
            file.write(text)
        return martlet("broker", "check", path), path


@unittest.skipUnless(Broker.is_ours(), "about our broker")
class BrokerFile(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(ROOT, "docs", "broker.schema.json")) as file:
            self.text = file.read()
        self.schema = json.loads(self.text)

    def test_the_schema_in_the_repository_is_the_one_of_the_code(self):
        self.assertEqual(martlet("broker", "schema").stdout, self.text)
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_the_examples_are_valid(self):
        paths = glob.glob(os.path.join(ROOT, "docs", "examples", "*.yaml"))
        self.assertGreater(len(paths), 1)
        for path in paths:
            with self.subTest(path=os.path.basename(path)), open(path) as file:
                jsonschema.validate(yaml.safe_load(file), self.schema, jsonschema.Draft202012Validator)

    def test_check_and_schema_refuse_the_same_files(self):
        wrong = [
            "prot: 1\n", "port: 70000\n", "inMemory: perhaps\n", "limits: {sessions: 0}\n", "limits: {session: 1}\n",
            "listeners: [{port: 1}]\n", "listeners: [{name: a, tls: {certificate: c}}]\n", "stopDeadline: soon\n",
            "listeners: [{name: a, tls: {certificate: c, key: k, minimumVersion: 1.1}}]\n", "logLevel: loud\n",
            "authentication: [{anonymous: {}, certificate: {}}]\n", "authentication: [{}]\n", "listeners: {}\n",
            "listeners: [{name: a, unix: {path: s, mode: \"0999\"}}]\n",
        ]
        for text in wrong:
            with self.subTest(text=text):
                result, path = check(text)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{path}:", result.stderr)
                with self.assertRaises(jsonschema.ValidationError):
                    jsonschema.validate(yaml.safe_load(text), self.schema, jsonschema.Draft202012Validator)

    def test_check_names_every_problem_with_its_line(self):
        result, path = check("data: d\nlisteners:\n  - name: a\n    prot: 1\n  - name: b\n    port: -1\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{path}:4: there is no 'listeners[0].prot'; did you mean 'port'?", result.stderr)
        self.assertIn(f"{path}:6: 'listeners[1].port' is a number from 0 to 65535", result.stderr)
        result, _ = check(
            "data: d\nlisteners:\n  - {name: a, port: 5000}\n  - {name: b, port: 5000, bind: 0.0.0.0}\n"
        )
        self.assertEqual(result.returncode, 1)
        self.assertIn("the listeners 'a' and 'b' have the same address", result.stderr)
        self.assertIn("without authentication", result.stderr)

    def test_an_open_admin_api_and_topics_that_are_none_are_found(self):
        result, _ = check("inMemory: true\nadmin: {bind: 0.0.0.0}\nresponseTopicPrefix: a/#\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("would let anybody kick clients", result.stderr)
        self.assertIn("'a/#' begins no topic", result.stderr)

    def test_a_file_without_problems(self):
        result, _ = check("data: d\nlisteners:\n  - {name: a, port: 5000}\n")
        self.assertEqual(result.returncode, 0, result.stderr)
