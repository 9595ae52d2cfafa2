"""What is measured. Every flow is a line of arguments of mqttload; see its head for what each option means."""
from dataclasses import dataclass

GROUP = "--group g --pubs 8 --subs 8 --window 64 --rxmax 2000 --e2e-limit 1000"
WORKERS = "--group g --pubs 8 --subs 8 --window 64 --rxmax 16 --delay-ms 10"


@dataclass(frozen=True)
class Workload:
    """One row."""

    name: str
    what: str
    arguments: str
    seconds: float = 2.0
    tls: bool = False
    # Measured with persistent subscribers on a broker that journals every message, too.
    durable: bool = False
    # Measured with the forwarder that decides nothing, too; it knows no QoS 2 and no TLS.
    ideal: bool = False
    # A fixed offered rate: the row is about latency.
    offered: bool = False
    # Not every message has an owner that lives to the end: a loss is no error.
    loses: bool = False


def pipe(size, qos):
    return Workload(
        f"pipe{size}" + ("" if qos == 1 else f"q{qos}"),
        f"8 publishers → shared group of 8, {size} B, QoS {qos}",
        f"{GROUP} --payload {size} --qos {qos}",
        durable=qos > 0 and size == 256,
        ideal=qos < 2,
    )


FLOWS = [
    *(pipe(size, qos) for qos in (1, 0, 2) for size in (16, 256, 4096)),
    Workload("pipe1", "1 → 1, one message at a time, 256 B, QoS 1",
             "--group g --pubs 1 --subs 1 --window 1 --rxmax 100 --e2e-limit 1 --qos 1", durable=True, ideal=True),
    Workload("pipe1q2", "the same, QoS 2", "--group g --pubs 1 --subs 1 --window 1 --rxmax 100 --e2e-limit 1 --qos 2"),
    Workload("one", "1 → 1, streaming, 256 B, QoS 1", "--pubs 1 --subs 1 --window 64 --rxmax 2000 --e2e-limit 500 --qos 1", ideal=True),
    Workload("oneq0", "the same, QoS 0", "--pubs 1 --subs 1 --rxmax 2000 --e2e-limit 500 --qos 0", ideal=True),
    Workload("oneq2", "the same, QoS 2", "--pubs 1 --subs 1 --window 64 --rxmax 2000 --e2e-limit 500 --qos 2"),
    Workload("pipe64x", "64 → shared group of 64, 256 B, QoS 1",
             "--group g --pubs 64 --subs 64 --window 8 --rxmax 600 --e2e-limit 512", ideal=True),
    Workload("pipe200", "200 → shared group of 8, 256 B, QoS 1",
             "--group g --pubs 200 --subs 8 --window 8 --rxmax 2000 --e2e-limit 1000"),
    Workload("fanin8", "8 → 1, 256 B, QoS 1", "--pubs 8 --subs 1 --window 64 --rxmax 2000 --e2e-limit 1000"),
    Workload("fanin200", "200 → 1, 256 B, QoS 1", "--pubs 200 --subs 1 --window 8 --rxmax 2000 --e2e-limit 1000", ideal=True),
    Workload("fanin200q0", "200 → 1, 256 B, QoS 0", "--pubs 200 --subs 1 --rxmax 2000 --e2e-limit 1000 --qos 0"),
    Workload("fan100", "1 → 100, 256 B, QoS 1", "--pubs 1 --subs 100 --window 64 --rxmax 2000 --e2e-limit 200", ideal=True),
    Workload("fan100q0", "1 → 100, 256 B, QoS 0", "--pubs 1 --subs 100 --e2e-limit 200 --qos 0", ideal=True),
    Workload("fan100q2", "1 → 100, 256 B, QoS 2", "--pubs 1 --subs 100 --window 64 --rxmax 2000 --e2e-limit 200 --qos 2"),
    Workload("fan1000", "1 → 1,000, 256 B, QoS 1", "--pubs 1 --subs 1000 --window 64 --rxmax 2000 --e2e-limit 50"),
    Workload("fan1000q0", "1 → 1,000, 256 B, QoS 0", "--pubs 1 --subs 1000 --e2e-limit 50 --qos 0"),
    Workload("tls256", "pipe256 over TLS 1.3", f"{GROUP} --qos 1 --tls", tls=True),
    Workload("tls1", "pipe1 over TLS 1.3", "--group g --pubs 1 --subs 1 --window 1 --rxmax 100 --e2e-limit 1 --qos 1 --tls", tls=True),
    Workload("tls4096q0", "pipe4096q0 over TLS 1.3", f"{GROUP} --payload 4096 --qos 0 --tls", tls=True),
    Workload("tlsfan100", "fan100 over TLS 1.3", "--pubs 1 --subs 100 --window 64 --rxmax 2000 --e2e-limit 200 --tls", tls=True),
    Workload("work10", "workers hold each message 10 ms, 11,000/s offered", f"{WORKERS} --rate 11000", seconds=3, offered=True),
    Workload("die2", "the same at 4,000/s; 2 of 8 workers vanish", f"{WORKERS} --die-subs 2 --die-after 1.5 --rate 4000 --idle 2",
             seconds=3, offered=True, loses=True),
    Workload("rate5k", "shared group, 5,000/s offered", "--group g --pubs 8 --subs 8 --window 64 --rxmax 2000 --rate 5000",
             seconds=3, offered=True, durable=True),
    Workload("rate20k", "shared group, 20,000/s offered", "--group g --pubs 8 --subs 8 --window 64 --rxmax 2000 --rate 20000",
             seconds=3, offered=True, durable=True),
    Workload("rate5kq2", "rate5k, QoS 2", "--group g --pubs 8 --subs 8 --window 64 --rxmax 2000 --rate 5000 --qos 2", seconds=3, offered=True),
    Workload("rate5ktls", "rate5k over TLS 1.3", "--group g --pubs 8 --subs 8 --window 64 --rxmax 2000 --rate 5000 --tls",
             seconds=3, offered=True, tls=True),
    Workload("ratefan100", "1 → 100, 200/s offered, QoS 0", "--pubs 1 --subs 100 --rate 200 --qos 0", seconds=3, offered=True),
]

RAMP = "ramp --subs 10000 --wave 9000 --burst 64 --settle 1 --reconnect"
RETAINED = "retained --count 100000 --window 500 --rxmax 1000 --idle 10"
BACKLOG = "backlog --pubs 4 --window 250 --sessions 1 --count {count} --rxmax 1000 --idle 10"
