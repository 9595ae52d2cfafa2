"""Runs the load generator against a broker, and takes its figures."""
import json
import pathlib
import subprocess
import tempfile
import time

from . import workloads
from .brokers import Broker

LIMIT = 300  # seconds that one run may take


class Bench:
    """The programs, a folder for what they write, and a file for the raw figures."""

    def __init__(self, programs, cache, raw, scale):
        self.programs, self.cache, self.raw, self.scale = programs, cache, raw, scale

    def load(self, broker, arguments):
        command = [self.programs["mqttload"], *arguments.split(), "--quiet",
                   "--port", str(broker.port), "--broker-pid", str(broker.process.pid)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        try:
            return json.loads(done.stdout.strip().splitlines()[-1])
        except (IndexError, json.JSONDecodeError):
            raise SystemExit(f"{' '.join(command)}\n{done.stderr}") from None

    def note(self, name, kind, figures):
        self.raw.write(json.dumps({"workload": name, "broker": kind, **figures}) + "\n")
        self.raw.flush()
        return figures

    def folder(self):
        return tempfile.TemporaryDirectory(dir=self.cache)

    def flow(self, workload, kind):
        with self.folder() as folder:
            broker = Broker(kind, folder, self.programs, workload.tls)
            seconds = workload.seconds * (1 if workload.offered and workload.loses else self.scale)
            text = f"flow {workload.arguments} --duration {seconds} --warmup {0.4 if self.scale >= 1 else 0.2}"
            if kind == "durable":
                text += " --persistent"
            try:
                return self.note(workload.name, kind, self.load(broker, text))
            finally:
                broker.stop()

    def ramp(self, kind):
        with self.folder() as folder:
            broker = Broker(kind, folder, self.programs)
            try:
                return self.note("ramp", kind, self.load(broker, workloads.RAMP))
            finally:
                broker.stop()

    def retained(self, kind):
        with self.folder() as folder:
            broker = Broker(kind, folder, self.programs)
            try:
                return self.note("retained", kind, self.load(broker, workloads.RETAINED))
            finally:
                broker.stop()

    def backlog(self, kind, count):
        with self.folder() as folder:
            broker = Broker(kind, folder, self.programs)
            try:
                return self.note("backlog", kind, self.load(broker, workloads.BACKLOG.format(count=count)))
            finally:
                broker.stop()

    def recovery(self, count):
        """A durable backlog whose broker is killed with -9 and started again."""
        with self.folder() as folder:
            acks = pathlib.Path(folder) / "acks"
            text = f"{workloads.BACKLOG.format(count=count)} --ackfile {acks}"
            broker = Broker("durable", folder, self.programs)
            try:
                self.load(broker, f"{text} --phase ingest --kill9-at {count}")
                broker.stop()
                began = time.monotonic()
                broker = Broker("durable", folder, self.programs)
                figures = {"recovery_s": time.monotonic() - began, "rss_kb": broker.rss()}
                figures.update(self.load(broker, f"{text} --phase drain"))
                return self.note("recovery", "durable", figures)
            finally:
                broker.stop()
