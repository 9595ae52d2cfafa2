"""Brokers as processes: each is started anew for each workload, on a port the system gives, and stopped behind it."""
import pathlib
import signal
import socket
import subprocess
import time

MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 0
max_queued_messages 0
max_connections -1
set_tcp_nodelay true
log_dest none
"""
MOSQUITTO_TLS = "certfile {folder}/cert.pem\nkeyfile {folder}/key.pem\n"
MARTLET_TLS = """listeners:
  - name: tls
    bind: 127.0.0.1
    port: {port}
    tls: {{certificate: {folder}/cert.pem, key: {folder}/key.pem}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """A key and a certificate of its own, for brokers whose load generator takes any."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
        check=True, capture_output=True,
    )
    # mosquitto reads it as its own user.
    pathlib.Path(folder).chmod(0o755)
    pathlib.Path(folder, "key.pem").chmod(0o644)


class Broker:
    """One broker process."""

    def __init__(self, kind, folder, programs, tls=False, port=None):
        self.kind, self.port, folder = kind, port or free_port(), pathlib.Path(folder)
        if tls:
            make_certificate(folder)
        if kind == "mosquitto":
            text = MOSQUITTO.format(port=self.port) + (MOSQUITTO_TLS.format(folder=folder) if tls else "")
            (folder / "mosquitto.conf").write_text(text)
            command = ["mosquitto", "-c", str(folder / "mosquitto.conf")]
        elif kind == "ideal":
            command = [programs["ideal"], "broker", "--port", str(self.port)]
        else:
            command = [programs["martlet"], "broker"]
            if tls:
                (folder / "broker.yaml").write_text(MARTLET_TLS.format(port=self.port, folder=folder))
                command += ["--config", str(folder / "broker.yaml")]
            else:
                command += ["--bind", "127.0.0.1", "--port", str(self.port)]
            command += ["--in-memory"] if kind == "martlet" else ["--data", str(folder / "data")]
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    self.stop(signal.SIGKILL)
                    said = (folder / "log").read_text(errors="replace")[-2000:]
                    raise SystemExit(f"{kind} did not start: {' '.join(command)}\n{said}")
                time.sleep(0.01)

    def rss(self):
        """Resident memory in KiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        return 0

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            # The forwarder knows no graceful stop.
            self.process.send_signal(signal.SIGKILL if self.kind == "ideal" else how)
        self.process.wait()
        self.log.close()
