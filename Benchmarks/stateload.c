/*
 * stateload.c - load on a state store that speaks over MQTT 5, and on Martlet's commits.
 *
 * One file, C11, libc only, one thread, one epoll loop. Prints one JSON object on stdout.
 *
 *   state    N connections ask the store (--op set, get, mixed; fill: SET of every key once), each with W requests in flight. Latency is from the write of a request into the
 *            socket's buffer to the read of its answer.
 *   commit   P publishers put messages into a shared group of S sessions, which do what a Martlet worker does: gather what was delivered, send
 *            it as one request of up to B commits (ACK, SET, PUBLISH), and acknowledge when the answer came. Latency is from the request to
 *            its answer. Checked by a subscriber of what was published:
 *              lost       acknowledged to its publisher and never committed, or committed and never published
 *              doubled    committed twice, or published twice
 *              refused    commits that the broker refused
 *
 * Broker figures come from /proc/<--broker-pid>/stat. Build: cc -O2 -std=c11 -Wall -Wextra -o stateload stateload.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_TOPIC "statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8/command/invoke"
#define COMMIT_TOPIC "$martlet/v1/commit"

static struct {
    const char *mode, *host, *op;
    int port, conns, window, value, pubs, workers, batch, depth, rxmax, backlog, pid;
    uint64_t keys;
    double duration, warmup, drain, rate;
} O = {.host = "127.0.0.1", .op = "set", .port = 1883, .conns = 8, .window = 64, .value = 64, .pubs = 4, .workers = 8, .batch = 64,
       .depth = 2, .rxmax = 256, .backlog = 2048, .keys = 1000000, .duration = 5, .warmup = 1, .drain = 30};

static void die(const char *f, ...) {
    va_list a;
    va_start(a, f);
    fprintf(stderr, "stateload: ");
    vfprintf(stderr, f, a);
    fprintf(stderr, "\n");
    va_end(a);
    exit(2);
}
static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}
static double cpu_seconds(int pid) {
    char path[64], line[1024];
    if (pid <= 0) return 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    size_t n = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[n] = 0;
    unsigned long user = 0, sys = 0;
    char *p = strrchr(line, ')');
    if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys) != 2) return 0;
    return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}
static long rss_kb(int pid) {
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = pid > 0 ? fopen(path, "r") : NULL;
    if (!f) return 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1) break;
    fclose(f);
    return kb;
}
static uint64_t rnd_state = 88172645463325252ull;
static uint64_t rnd(void) {
    rnd_state ^= rnd_state << 13;
    rnd_state ^= rnd_state >> 7;
    rnd_state ^= rnd_state << 17;
    return rnd_state;
}

/* Bytes d[off..len). */
typedef struct { uint8_t *d; size_t off, len, cap; } buf;
static uint8_t *room(buf *b, size_t n) {
    if (b->off == b->len) b->off = b->len = 0;
    if (b->len + n > b->cap && b->off) {
        memmove(b->d, b->d + b->off, b->len - b->off);
        b->len -= b->off;
        b->off = 0;
    }
    if (b->len + n > b->cap) {
        size_t c = b->cap ? b->cap : 4096;
        while (c < b->len + n) c *= 2;
        b->d = realloc(b->d, c);
        if (!b->d) die("out of memory");
        b->cap = c;
    }
    return b->d + b->len;
}
static void put(buf *b, const void *p, size_t n) {
    memcpy(room(b, n), p, n);
    b->len += n;
}
static void put8(buf *b, unsigned v) {
    uint8_t x = (uint8_t)v;
    put(b, &x, 1);
}
static void put16(buf *b, unsigned v) {
    put8(b, v >> 8);
    put8(b, v & 255);
}
static void putvar(buf *b, size_t v) {
    do {
        uint8_t x = v & 127;
        v >>= 7;
        put8(b, v ? x | 128u : x);
    } while (v);
}
static void puttext(buf *b, const char *s) {
    put16(b, (unsigned)strlen(s));
    put(b, s, strlen(s));
}
static void bulk(buf *b, const void *p, size_t n) {
    char head[24];
    put(b, head, (size_t)snprintf(head, sizeof head, "$%zu\r\n", n));
    put(b, p, n);
    put(b, "\r\n", 2);
}
static void bulks(buf *b, const char *s) { bulk(b, s, strlen(s)); }
static void list(buf *b, size_t n) {
    char head[24];
    put(b, head, (size_t)snprintf(head, sizeof head, "*%zu\r\n", n));
}

/* Log-linear histogram of nanoseconds, 128 steps a power of two. */
typedef struct { uint64_t c[64 << 7], n; } hist;
static void add(hist *h, uint64_t v) {
    unsigned i = (unsigned)v;
    if (v >= 128) {
        unsigned m = 63 - (unsigned)__builtin_clzll(v);
        i = ((m - 6) << 7) + (unsigned)((v >> (m - 7)) & 127);
    }
    h->c[i]++;
    h->n++;
}
static double percentile_us(const hist *h, double p) {
    uint64_t want = (uint64_t)(p / 100 * (double)h->n + 0.5), seen = 0;
    for (unsigned i = 0; h->n && i < sizeof h->c / sizeof *h->c; i++)
        if ((seen += h->c[i]) >= (want ? want : 1))
            return (i < 128 ? i : (double)((128ull + (i & 127) + 1) << ((i >> 7) - 1))) / 1000.0;
    return -1;
}

/* Who did what with the message (publisher, sequence). */
typedef struct { uint8_t *d; size_t n; } marks;
static uint8_t *mark(marks *m, uint64_t i) {
    if (i >= m->n) {
        size_t n = m->n ? m->n : 1 << 16;
        while (n <= i) n *= 2;
        m->d = realloc(m->d, n);
        if (!m->d) die("out of memory");
        memset(m->d + m->n, 0, n - m->n);
        m->n = n;
    }
    return m->d + i;
}
enum { ACKED = 1, COMMITTED = 2, PUBLISHED = 4 };

enum role { ASKER, PUBLISHER, WORKER, CHECKER };
typedef struct { uint16_t pid, pub; uint32_t seq; uint8_t idlen, id[64]; } delivery;
typedef struct { uint64_t at; unsigned count; bool live; } request;
typedef struct {
    int fd, number;
    enum role role;
    buf in, out;
    bool up, ready, registered;
    unsigned limit, unacked, waiting;
    uint32_t next;
    uint64_t *at;        /* by packet identifier: when the request left */
    uint32_t *seq;       /* by packet identifier: what was published */
    delivery *queue;     /* a ring: delivered, not yet acknowledged; [head, sent) is in requests, [sent, tail) waits */
    uint64_t head, sent, tail;
    request requests[64];
    uint32_t reqhead, reqtail;
} conn;

static conn *C;
static int count, ep;
static hist latency;
static bool started, measuring, stopping;
static uint64_t done, refused, failed, published, acked, committed, doubled, seen, max_batch, requests_sent;
static uint64_t filled;
static marks *M;
static char *filler, stamp[64];
static uint64_t stamped;

static const char *timestamp(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
    if (ms != stamped) {
        stamped = ms;
        snprintf(stamp, sizeof stamp, "%015" PRIu64 ":00000:stateload", ms);
    }
    return stamp;
}
static void packet(conn *c, unsigned first, const buf *body) {
    put8(&c->out, first);
    putvar(&c->out, body->len);
    put(&c->out, body->d, body->len);
}
static buf B, P, R;
static void reset(buf *b) { b->off = b->len = 0; }

static void connect_packet(conn *c) {
    char id[48];
    snprintf(id, sizeof id, "stateload-%d-%d", (int)getpid(), c->number);
    reset(&B);
    puttext(&B, "MQTT");
    put8(&B, 5);
    put8(&B, 2);
    put16(&B, 0);
    reset(&P);
    put8(&P, 0x21);
    put16(&P, c->role == WORKER ? (unsigned)O.rxmax : 65535);
    if (c->role == WORKER) {
        /* A session that outlives its connection, as a worker's does: what is queued for it is journaled. */
        put8(&P, 0x11);
        put(&P, "\0\0\x0e\x10", 4);
        put8(&P, 0x26);
        puttext(&P, "martlet");
        puttext(&P, "1");
    }
    putvar(&B, P.len);
    put(&B, P.d, P.len);
    puttext(&B, id);
    packet(c, 0x10, &B);
}
static void subscribe_packet(conn *c) {
    char topic[64];
    reset(&B);
    put16(&B, 1);
    put8(&B, 0);
    if (c->role == CHECKER) puttext(&B, "stateload/out");
    else {
        snprintf(topic, sizeof topic, "stateload/answers/%d", c->number);
        puttext(&B, topic);
    }
    /* A worker takes answers at QoS 0, as ours does: at QoS 1 they would wait for room in a window that is full of messages that wait for them. */
    put8(&B, c->role == WORKER ? 0 : 1);
    if (c->role == WORKER) {
        puttext(&B, "$share/stateload/stateload/in/#");
        put8(&B, 1);
    }
    packet(c, 0x82, &B);
}
/* PUBLISH of what is in R to the topic, with the envelope of a request. */
static unsigned send_request(conn *c, const char *topic, uint32_t correlation) {
    char answers[64];
    unsigned pid = c->next % 65535 + 1;
    c->next++;
    snprintf(answers, sizeof answers, "stateload/answers/%d", c->number);
    reset(&P);
    put8(&P, 0x08);
    puttext(&P, answers);
    put8(&P, 0x09);
    put16(&P, 4);
    put(&P, &correlation, 4);
    put8(&P, 0x26);
    puttext(&P, "__ts");
    puttext(&P, timestamp());
    reset(&B);
    puttext(&B, topic);
    put16(&B, pid);
    putvar(&B, P.len);
    put(&B, P.d, P.len);
    put(&B, R.d, R.len);
    packet(c, 0x32, &B);
    c->unacked++;
    return pid;
}
static void puback(conn *c, unsigned pid) {
    uint8_t p[4] = {0x40, 2, (uint8_t)(pid >> 8), (uint8_t)pid};
    put(&c->out, p, 4);
}

/* -------------------------------------------------------------- what each role does */

static void ask(conn *c) {
    char key[32];
    while (!stopping && c->waiting < (unsigned)O.window && c->unacked < c->limit) {
        bool fill = O.op[0] == 'f';
        if (fill && filled == O.keys) return;
        snprintf(key, sizeof key, "key:%08" PRIu64, fill ? filled++ : rnd() % O.keys);
        bool set = fill || O.op[0] == 's' || (O.op[0] == 'm' && rnd() % 2);
        reset(&R);
        list(&R, set ? 3 : 2);
        bulks(&R, set ? "SET" : "GET");
        bulks(&R, key);
        if (set) bulk(&R, filler, (size_t)O.value);
        uint32_t next = c->next % 65535 + 1;
        send_request(c, REQUEST_TOPIC, next);
        c->at[next] = now_ns();
        c->waiting++;
    }
}
static double began;
static void publish(conn *c) {
    char topic[32];
    while (!stopping && c->unacked < (unsigned)O.window && c->unacked < c->limit && published - committed < (uint64_t)O.backlog) {
        if (O.rate > 0 && (double)published >= ((double)now_ns() / 1e9 - began) * O.rate) return;
        uint32_t seq = c->next;
        unsigned pid = seq % 65535 + 1;
        c->next++;
        snprintf(topic, sizeof topic, "stateload/in/%d", c->number);
        reset(&B);
        puttext(&B, topic);
        put16(&B, pid);
        put8(&B, 0);
        uint16_t number = (uint16_t)c->number;
        put(&B, &seq, 4);
        put(&B, &number, 2);
        put(&B, filler, (size_t)O.value);
        packet(c, 0x32, &B);
        c->seq[pid] = seq;
        c->unacked++;
        published++;
    }
}
static void commit(conn *c) {
    char key[32];
    while (c->sent < c->tail && c->reqtail - c->reqhead < (unsigned)O.depth && c->unacked < c->limit) {
        uint64_t n = c->tail - c->sent;
        if (n > (uint64_t)O.batch) n = (uint64_t)O.batch;
        reset(&R);
        list(&R, n);
        for (uint64_t i = 0; i < n; i++) {
            delivery *d = &c->queue[(c->sent + i) % 65536];
            uint8_t body[6];
            memcpy(body, &d->seq, 4);
            memcpy(body + 4, &d->pub, 2);
            list(&R, 3);
            list(&R, 2);
            bulks(&R, "ACK");
            bulk(&R, d->id, d->idlen);
            list(&R, 3);
            bulks(&R, "SET");
            snprintf(key, sizeof key, "key:%08" PRIu64, ((uint64_t)d->seq * 31 + d->pub) % O.keys);
            bulks(&R, key);
            bulk(&R, filler, (size_t)O.value);
            list(&R, 3);
            bulks(&R, "PUBLISH");
            bulks(&R, "stateload/out");
            bulk(&R, body, 6);
        }
        c->requests[c->reqtail % 64] = (request){now_ns(), (unsigned)n, true};
        send_request(c, COMMIT_TOPIC, c->reqtail);
        c->reqtail++;
        c->sent += n;
        requests_sent++;
        if (n > max_batch) max_batch = n;
    }
}
static void act(conn *c) {
    if (!c->ready || !started) return;
    if (c->role == ASKER) ask(c);
    else if (c->role == PUBLISHER) publish(c);
    else if (c->role == WORKER) commit(c);
}

/* -------------------------------------------------------------- what comes in */

static const uint8_t *number(const uint8_t *p, const uint8_t *end, char marker, long *value) {
    if (!p || p >= end || *p != (uint8_t)marker) return NULL;
    *value = strtol((const char *)p + 1, NULL, 10);
    p = memchr(p, '\n', (size_t)(end - p));
    return p ? p + 1 : NULL;
}
static void commit_answer(conn *c, uint32_t correlation, const uint8_t *p, const uint8_t *end) {
    if (c->reqhead == c->reqtail || correlation != c->reqhead) die("an answer to request %u, %u is next", correlation, c->reqhead);
    request *q = &c->requests[c->reqhead % 64];
    long n = 0, parts = 0, length = 0;
    if (*p == '-') die("a request of commits is refused: %.*s", (int)(end - p), (const char *)p);
    p = number(p, end, '*', &n);
    if (!p || n != (long)q->count) die("%ld outcomes of %u commits", n, q->count);
    for (long i = 0; i < n; i++) {
        delivery *d = &c->queue[c->head % 65536];
        p = number(p, end, '*', &parts);
        bool ok = false;
        for (long part = 0; p && part < parts; part++) {
            p = number(p, end, '$', &length);
            if (!p || end - p < length + 2) die("an answer is cut");
            if (part == 0) ok = length == 2 && memcmp(p, "OK", 2) == 0;
            p += length + 2;
        }
        if (!p) die("an answer is malformed");
        if (ok) {
            uint8_t *m = mark(&M[d->pub], d->seq);
            if (*m & COMMITTED) doubled++;
            *m |= COMMITTED;
            committed++;
            if (measuring) done++;
        } else refused++;
        puback(c, d->pid);
        c->head++;
    }
    if (measuring) add(&latency, now_ns() - q->at);
    c->reqhead++;
}
static void got_publish(conn *c, unsigned first, const uint8_t *p, const uint8_t *end) {
    unsigned topic = p[0] << 8 | p[1], pid = 0;
    const uint8_t *name = p + 2;
    p += 2 + topic;
    if (first & 6) {
        pid = (unsigned)(p[0] << 8 | p[1]);
        p += 2;
    }
    size_t plen = 0, shift = 0;
    do plen |= (size_t)(*p & 127) << shift, shift += 7;
    while (*p++ & 128);
    const uint8_t *props = p, *body = p + plen;
    uint32_t correlation = 0;
    delivery d = {.pid = (uint16_t)pid};
    while (props < body) {
        unsigned id = *props++;
        if (id == 0x01) props += 1;
        else if (id == 0x02) props += 4;
        else if (id == 0x0B) while (*props++ & 128);
        else if (id == 0x26) {
            unsigned n = props[0] << 8 | props[1];
            const uint8_t *key = props + 2;
            props += 2 + n;
            unsigned v = props[0] << 8 | props[1];
            if (n == 10 && memcmp(key, "martlet-id", 10) == 0 && v <= sizeof d.id) {
                d.idlen = (uint8_t)v;
                memcpy(d.id, props + 2, v);
            }
            props += 2 + v;
        } else {
            unsigned n = props[0] << 8 | props[1];
            if (id == 0x09 && n == 4) memcpy(&correlation, props + 2, 4);
            props += 2 + n;
        }
    }
    if (c->role == CHECKER) {
        uint32_t seq;
        uint16_t pub;
        memcpy(&seq, body, 4);
        memcpy(&pub, body + 4, 2);
        uint8_t *m = mark(&M[pub], seq);
        if (*m & PUBLISHED) doubled++;
        else seen++;
        *m |= PUBLISHED;
        if (pid) puback(c, pid);
    } else if (c->role == ASKER) {
        if (pid) puback(c, pid);
        if (correlation == 0 || correlation > 65535) die("an answer without its correlation data");
        if (body >= end || *body == '-') failed++;
        if (measuring) {
            add(&latency, now_ns() - c->at[correlation]);
            done++;
        }
        c->waiting--;
    } else if (topic > 13 && memcmp(name, "stateload/in/", 13) == 0) {
        if (!d.idlen) die("a delivery without martlet-id: the broker has no commits");
        memcpy(&d.seq, body, 4);
        memcpy(&d.pub, body + 4, 2);
        if (c->tail - c->head >= 65536) die("too many deliveries");
        c->queue[c->tail++ % 65536] = d;
    } else {
        if (pid) puback(c, pid);
        commit_answer(c, correlation, body, end);
    }
}
static void got(conn *c, const uint8_t *p, size_t header, size_t length) {
    const uint8_t *b = p + header, *end = b + length;
    switch (p[0] >> 4) {
    case 2: {
        if (length < 3 || b[1]) die("CONNACK with 0x%02x", length > 1 ? b[1] : 0u);
        const uint8_t *q = b + 3;
        c->limit = 65535;
        while (q < end) {
            unsigned id = *q++;
            if (id == 0x21) {
                c->limit = (unsigned)(q[0] << 8 | q[1]);
                q += 2;
            } else if (id == 0x22 || id == 0x13) q += 2;
            else if (id == 0x27 || id == 0x11) q += 4;
            else if (id == 0x24 || id == 0x25 || id == 0x28 || id == 0x29 || id == 0x2A) q += 1;
            else if (id == 0x26) {
                q += 2 + (q[0] << 8 | q[1]);
                q += 2 + (q[0] << 8 | q[1]);
            } else q += 2 + (q[0] << 8 | q[1]);
        }
        c->up = true;
        if (c->role == PUBLISHER) c->ready = true;
        else subscribe_packet(c);
        break;
    }
    case 3: got_publish(c, p[0], b, end); break;
    case 4: {
        unsigned pid = (unsigned)(b[0] << 8 | b[1]);
        if (length > 2 && b[2] >= 0x80) die("PUBACK with 0x%02x", b[2]);
        c->unacked--;
        if (c->role == PUBLISHER) {
            *mark(&M[c->number], c->seq[pid]) |= ACKED;
            acked++;
        }
        break;
    }
    case 9: c->ready = true; break;
    case 14: die("DISCONNECT with 0x%02x", length ? b[0] : 0u); break;
    default: break;
    }
}
static void readable(conn *c) {
    for (;;) {
        uint8_t *p = room(&c->in, 65536);
        ssize_t n = read(c->fd, p, 65536);
        if (n == 0) die("the broker closed a connection");
        if (n < 0) {
            if (errno == EAGAIN) break;
            die("read: %s", strerror(errno));
        }
        c->in.len += (size_t)n;
        if (n < 65536) break;
    }
    for (;;) {
        size_t have = c->in.len - c->in.off, length = 0, header = 1, shift = 0;
        const uint8_t *p = c->in.d + c->in.off;
        if (have < 2) return;
        for (;; header++, shift += 7) {
            if (header >= have) return;
            length |= (size_t)(p[header] & 127) << shift;
            if (!(p[header] & 128)) break;
        }
        header++;
        if (have < header + length) return;
        got(c, p, header, length);
        c->in.off += header + length;
    }
}
static void flush(conn *c) {
    while (c->out.off < c->out.len) {
        ssize_t n = write(c->fd, c->out.d + c->out.off, c->out.len - c->out.off);
        if (n < 0) {
            if (errno == EAGAIN) return;
            die("write: %s", strerror(errno));
        }
        c->out.off += (size_t)n;
    }
}

/* -------------------------------------------------------------- the run */

static void open_conn(conn *c, int n, enum role role) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)O.port)};
    int one = 1;
    if (inet_pton(AF_INET, O.host, &to.sin_addr) != 1) die("no address: %s", O.host);
    memset(c, 0, sizeof *c);
    c->number = n;
    c->role = role;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect: %s", strerror(errno));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->at = calloc(65536, sizeof *c->at);
    c->seq = calloc(65536, sizeof *c->seq);
    c->queue = role == WORKER ? calloc(65536, sizeof *c->queue) : NULL;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
    connect_packet(c);
    flush(c);
}
static void turn(int ms) {
    struct epoll_event e[64];
    int n = epoll_wait(ep, e, 64, ms);
    for (int i = 0; i < n; i++)
        if (e[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(e[i].data.ptr);
    for (int i = 0; i < count; i++) {
        act(&C[i]);
        flush(&C[i]);
    }
}
static void until(double seconds) {
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
    while (now_ns() < end) turn(1);
}
static bool all_ready(void) {
    for (int i = 0; i < count; i++)
        if (!C[i].ready) return false;
    return true;
}
static void options(int argc, char **argv) {
    static struct option o[] = {
        {"host", 1, 0, 'h'}, {"port", 1, 0, 'p'}, {"op", 1, 0, 'o'}, {"conns", 1, 0, 'c'}, {"window", 1, 0, 'w'},
        {"value", 1, 0, 'v'}, {"keys", 1, 0, 'k'}, {"duration", 1, 0, 'd'}, {"warmup", 1, 0, 'u'}, {"drain", 1, 0, 'D'},
        {"pubs", 1, 0, 'P'}, {"workers", 1, 0, 'W'}, {"batch", 1, 0, 'b'}, {"depth", 1, 0, 'e'}, {"rxmax", 1, 0, 'r'},
        {"backlog", 1, 0, 'B'}, {"rate", 1, 0, 'R'}, {"broker-pid", 1, 0, 'i'}, {0, 0, 0, 0}};
    if (argc < 2) die("state or commit?");
    O.mode = argv[1];
    optind = 2;
    for (int x; (x = getopt_long(argc, argv, "", o, NULL)) != -1;) switch (x) {
        case 'h': O.host = optarg; break;
        case 'p': O.port = atoi(optarg); break;
        case 'o': O.op = optarg; break;
        case 'c': O.conns = atoi(optarg); break;
        case 'w': O.window = atoi(optarg); break;
        case 'v': O.value = atoi(optarg); break;
        case 'k': O.keys = strtoull(optarg, NULL, 10); break;
        case 'd': O.duration = atof(optarg); break;
        case 'u': O.warmup = atof(optarg); break;
        case 'D': O.drain = atof(optarg); break;
        case 'P': O.pubs = atoi(optarg); break;
        case 'W': O.workers = atoi(optarg); break;
        case 'b': O.batch = atoi(optarg); break;
        case 'e': O.depth = atoi(optarg); break;
        case 'r': O.rxmax = atoi(optarg); break;
        case 'B': O.backlog = atoi(optarg); break;
        case 'R': O.rate = atof(optarg); break;
        case 'i': O.pid = atoi(optarg); break;
        default: die("unknown option");
        }
    if (O.depth < 1 || O.depth > 63 || O.batch < 1 || O.rxmax < 1 || O.rxmax > 65535 || O.keys < 1) die("an option is out of its range");
}
int main(int argc, char **argv) {
    options(argc, argv);
    bool commits = strcmp(O.mode, "commit") == 0;
    if (!commits && strcmp(O.mode, "state")) die("state or commit?");
    filler = malloc((size_t)O.value + 1);
    memset(filler, 'v', (size_t)O.value + 1);
    ep = epoll_create1(0);
    count = commits ? 1 + O.workers + O.pubs : O.conns;
    C = calloc((size_t)count, sizeof *C);
    M = calloc((size_t)count, sizeof *M);
    /* Subscribers first: nothing is published before the last of them is there. */
    int subscribers = commits ? 1 + O.workers : O.conns;
    int wanted = count;
    count = subscribers;
    for (int i = 0; i < subscribers; i++) open_conn(&C[i], i, !commits ? ASKER : i == 0 ? CHECKER : WORKER);
    while (!all_ready()) turn(10);
    count = wanted;
    for (int i = subscribers; i < count; i++) open_conn(&C[i], i, PUBLISHER);
    while (!all_ready()) turn(10);
    began = (double)now_ns() / 1e9;
    bool fill = O.op[0] == 'f';
    started = measuring = true;
    if (!fill) {
        measuring = false;
        until(O.warmup);
    }
    double cpu = cpu_seconds(O.pid);
    uint64_t start = now_ns();
    measuring = true;
    if (fill)
        while (done < O.keys) turn(1);
    else until(O.duration);
    measuring = false;
    double seconds = (double)(now_ns() - start) / 1e9;
    cpu = cpu_seconds(O.pid) - cpu;
    stopping = true;
    uint64_t end = now_ns() + (uint64_t)(O.drain * 1e9);
    for (bool busy = true; busy && now_ns() < end;) {
        turn(10);
        busy = commits && (acked < published || committed + refused < published || seen < committed);
        for (int i = 0; i < count; i++) busy |= C[i].waiting > 0;
    }
    uint64_t lost = 0;
    for (int i = 0; i < count; i++)
        for (size_t s = 0; s < M[i].n; s++) {
            uint8_t m = M[i].d[s];
            lost += (m & ACKED && !(m & COMMITTED)) || (m & COMMITTED && !(m & PUBLISHED));
        }
    printf("{\"mode\":\"%s\",\"op\":\"%s\",\"seconds\":%.3f,\"rate\":%.0f,\"per_cpu_s\":%.0f,\"broker_cpu_s\":%.2f,\"p50_us\":%.0f,"
           "\"p99_us\":%.0f,\"broker_rss_kb\":%ld,\"lost\":%" PRIu64 ",\"doubled\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"failed\":%" PRIu64
           ",\"batch_mean\":%.1f,\"batch_max\":%" PRIu64 "}\n",
           O.mode, commits ? "commit" : O.op, seconds, (double)done / seconds, cpu > 0 ? (double)done / cpu : 0.0, cpu,
           percentile_us(&latency, 50), percentile_us(&latency, 99), rss_kb(O.pid), lost, doubled, refused, failed,
           requests_sent ? (double)committed / (double)requests_sent : 0.0, max_batch);
    return lost || doubled ? 1 : 0;
}
