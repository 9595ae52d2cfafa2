"""Medians over the rounds, as Markdown and as values for JSON."""
import statistics

NAMES = {"mosquitto": "mosquitto", "martlet": "Martlet", "durable": "Martlet, durable", "ideal": "ideal"}
ORDER = list(NAMES)


def middle(results, get):
    return statistics.median(get(one) for one in results)


def worst(results, key):
    return max(one.get(key, 0) for one in results)


def number(value):
    return f"{value:,.0f}"


def flow_values(workload, seen):
    """One value a broker: medians of its rounds."""
    values = {}
    for kind in ORDER:
        results = seen.get((workload.name, kind))
        if not results:
            continue
        values[kind] = {
            "rounds": len(results),
            "rate": middle(results, lambda one: one["rate"]),
            "per_cpu_s": middle(results, lambda one: one["msgs_per_broker_cpu_s"]),
            "cpu_share": middle(results, lambda one: one["broker_cpu_s"] / one["wall_s"]),
            "p50_us": middle(results, lambda one: one["e2e_us"]["p50"]),
            "p99_us": middle(results, lambda one: one["e2e_us"]["p99"]),
            "p999_us": middle(results, lambda one: one["e2e_us"]["p999"]),
            "rss_kb": middle(results, lambda one: one["broker_rss_kb"]),
            "lost": worst(results, "lost"),
            "dup": worst(results, "dup"),
            "order_viol": worst(results, "order_viol"),
            "rxmax_viol": worst(results, "rxmax_viol"),
        }
    base = values.get("mosquitto", {}).get("per_cpu_s", 0)
    for one in values.values():
        one["ratio"] = one["per_cpu_s"] / base if base > 0 else None
    return values


def violations(workload, values):
    """What must not be: said under the table."""
    said = []
    for kind, one in values.items():
        for key in ("lost", "dup", "order_viol", "rxmax_viol"):
            if one[key] and not (workload.loses and key in ("lost", "order_viol")):
                said.append(f"{workload.name}, {NAMES[kind]}: {key} {one[key]:,}")
    return said


def throughput_table(rows):
    lines = [
        "| row | what | mosquitto /cpu-s | Martlet /cpu-s | ratio | durable /cpu-s | ideal /cpu-s | mosquitto /s | Martlet /s | RSS MiB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for workload, values in rows:
        def cell(kind, key):
            return number(values[kind][key]) if kind in values else ""
        ratio = values.get("martlet", {}).get("ratio")
        rss = " / ".join(f"{values[kind]['rss_kb'] / 1024:.0f}" for kind in ("mosquitto", "martlet") if kind in values)
        lines.append(
            f"| {workload.name} | {workload.what} | {cell('mosquitto', 'per_cpu_s')} | {cell('martlet', 'per_cpu_s')} "
            f"| {f'**{ratio:.2f}**' if ratio else ''} | {cell('durable', 'per_cpu_s')} | {cell('ideal', 'per_cpu_s')} "
            f"| {cell('mosquitto', 'rate')} | {cell('martlet', 'rate')} | {rss} |"
        )
    return lines


def latency_table(rows):
    lines = [
        "| row | what | broker | messages/s | p50 µs | p99 µs | p99.9 µs | CPU | /cpu-s | ratio | lost |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for workload, values in rows:
        for kind, one in values.items():
            ratio = f"{one['ratio']:.2f}" if one["ratio"] else ""
            lines.append(
                f"| {workload.name} | {workload.what} | {NAMES[kind]} | {number(one['rate'])} | {number(one['p50_us'])} | {number(one['p99_us'])} "
                f"| {number(one['p999_us'])} | {one['cpu_share']:.0%} | {number(one['per_cpu_s'])} | {ratio} | {number(one['lost'])} |"
            )
    return lines


def other_values(seen):
    """Memory, connecting, retained messages, backlogs."""
    values = {}
    for (name, kind), results in seen.items():
        keep = {
            "ramp": ("rss_per_conn_bytes", "rss_per_offline_session_bytes", "tcp_mem_per_conn_bytes", "connect_rate",
                     "ramp_msgs_per_broker_cpu_s", "reconnect_rate", "reconnect_msgs_per_broker_cpu_s", "idle_cpu_share"),
            "retained": ("store_rate", "store_msgs_per_broker_cpu_s", "read_rate", "read_msgs_per_broker_cpu_s", "read_wall_s",
                         "rss_per_retained_bytes", "lost"),
            "backlog": ("ingest_rate", "ingest_msgs_per_broker_cpu_s", "drain_rate", "drain_msgs_per_broker_cpu_s",
                        "rss_per_msg_bytes", "lost"),
            "recovery": ("recovery_s", "rss_kb", "lost"),
        }.get(name)
        if keep:
            values.setdefault(name, {})[kind] = {key: middle(results, lambda one: one.get(key, -1)) for key in keep}
    return values


OTHER_ROWS = [
    ("ramp", "connect_rate", "connections a second, with a persistent session and a subscription each", "{:,.0f}"),
    ("ramp", "ramp_msgs_per_broker_cpu_s", "the same a broker-CPU-second", "{:,.0f}"),
    ("ramp", "reconnect_msgs_per_broker_cpu_s", "connections back to their session a broker-CPU-second", "{:,.0f}"),
    ("ramp", "rss_per_conn_bytes", "bytes of RSS an idle connection with its session", "{:,.0f}"),
    ("ramp", "rss_per_offline_session_bytes", "bytes of RSS an idle persistent session, offline", "{:,.0f}"),
    ("ramp", "idle_cpu_share", "CPU with 9,000 idle connections", "{:.2%}"),
    ("retained", "store_msgs_per_broker_cpu_s", "100,000 retained topics: stored a broker-CPU-second", "{:,.0f}"),
    ("retained", "read_msgs_per_broker_cpu_s", "their wildcard replay: messages a broker-CPU-second", "{:,.0f}"),
    ("retained", "read_wall_s", "the whole replay, seconds", "{:.2f}"),
    ("retained", "rss_per_retained_bytes", "bytes of RSS a retained message of 256 B", "{:,.0f}"),
    ("backlog", "ingest_msgs_per_broker_cpu_s", "offline backlog, one session: ingested a broker-CPU-second", "{:,.0f}"),
    ("backlog", "ingest_rate", "ingested a second", "{:,.0f}"),
    ("backlog", "drain_msgs_per_broker_cpu_s", "drained a broker-CPU-second", "{:,.0f}"),
    ("backlog", "drain_rate", "drained a second", "{:,.0f}"),
    ("backlog", "rss_per_msg_bytes", "bytes of RSS a message of 256 B that waits", "{:,.0f}"),
    ("backlog", "lost", "messages lost of the backlog", "{:,.0f}"),
    ("recovery", "recovery_s", "killed with -9 with that backlog: seconds until it takes connections again", "{:.2f}"),
    ("recovery", "lost", "messages lost by kill -9", "{:,.0f}"),
]


def other_table(values):
    kinds = ("mosquitto", "martlet", "durable")
    lines = ["| what | mosquitto | Martlet | Martlet, durable |", "| --- | ---: | ---: | ---: |"]
    for name, key, what, form in OTHER_ROWS:
        if name in values:
            cells = [form.format(values[name][kind][key]) if kind in values[name] else "" for kind in kinds]
            lines.append(f"| {what} | {' | '.join(cells)} |")
    return lines
