/*
 * mqttload.c - an independent MQTT 5 load generator and correctness checker.
 *
 * One file, C11, one thread, one epoll loop; libc only, and OpenSSL when built with TLS.  Every run prints exactly
 * one JSON object (one line) on stdout; progress and complaints go to stderr.
 *
 * Workloads (first argument):
 *
 *   flow      P publishers -> S subscribers. Shared group (--group g, subscribes
 *             $share/g/t/#) or plain fan-out/fan-in (no --group: every subscriber gets
 *             every message).  QoS 0/1/2.  Closed loop (as fast as the windows allow) or a
 *             fixed offered rate (--rate) whose latencies are measured from the moment a
 *             message was *due*, not from when it could be sent, so a stalled broker
 *             cannot hide its stall (coordinated omission).
 *             --delay-ms makes the subscribers behave like workers: they hold every
 *             message D ms before acknowledging, up to receive-maximum at once.
 *             --persistent gives the subscribers sessions that outlive their connections (--expiry),
 *             so that what is on its way to them is worth keeping.
 *             --slow-subs/--slow-ms makes some of them stragglers; --die-subs kills some.
 *   ramp      N idle persistent sessions: connect rate, broker RSS per connection, RSS per
 *             offline session, reconnect rate.  When N exceeds --wave (the descriptor limit)
 *             the first wave is measured connected, later waves only add offline sessions.
 *   backlog   K persistent sessions go offline, M QoS 1 messages pile up, then drain.
 *             --phase ingest|drain|both.  --kill9-at N sends SIGKILL to the broker right
 *             after the N-th PUBACK was read; --ackfile carries the set of acknowledged
 *             messages to the later drain, which counts what was lost.
 *   retained  M retained topics are stored, then R wildcard subscribers read them all.
 *
 * What is checked in every run: each (publisher, sequence) is tracked in a bitmap.
 *   lost        acknowledged to the publisher (QoS 1: PUBACK, QoS 2: PUBCOMP) or sent (QoS 0), never processed
 *               (with drain_capped: not processed --drain-max seconds after the last publish)
 *   dup         processed more than once
 *   order_viol  a first-time, non-DUP message older than one this subscriber already had
 *               from the same publisher
 *   rxmax_viol  the broker had more than receive-maximum unacknowledged messages out (QoS 2: until our PUBCOMP)
 *   foreign     messages that do not carry this run's id or do not parse
 *
 * Payload (>= 16 bytes): u64 due-time ns | u32 seq | u16 publisher | u16 run id | filler.
 *
 * Broker figures come from /proc/<--broker-pid>: CPU (stat), RSS (status), bytes written to
 * disk (io), context switches (task/<tid>/status).  "other_cpu_s" is CPU burnt on the machine
 * by neither the broker nor this program: the noise figure of a shared machine.
 *
 * --tls speaks TLS (any certificate is taken: what is measured is the cost, not the trust).
 *
 * Build: cc -O2 -std=c11 -Wall -Wextra -o mqttload mqttload.c
 *        and with TLS: cc -O2 -std=c11 -Wall -Wextra -DMQTTLOAD_TLS -o mqttload mqttload.c -lssl -lcrypto
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef MQTTLOAD_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
static SSL_CTX *tls_ctx;
#endif

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/* ------------------------------------------------------------------ options */

enum { PH_BOTH, PH_INGEST, PH_DRAIN };

static struct {
    const char *mode, *host, *group, *ackfile, *label;
    int port, pubs, subs, qos, window, rxmax, payload, slow_subs, die_subs, sessions, phase, burst, readers, subqos, wave, fdmax;
    double rate, duration, warmup, delay_ms, slow_ms, die_after, idle_s, drain_max, settle;
    uint64_t count, e2e, kill9_at;
    uint32_t keepalive, expiry;
    uint16_t runid;
    bool nobatch, nosub, noreconnect, quiet, ramp_reconnect, persistent, tls;
    pid_t broker;
} O = {.host = "127.0.0.1", .port = 1883, .pubs = 1, .subs = 1, .qos = 1, .window = 64, .rxmax = 64, .payload = 256,
       .sessions = 1, .phase = PH_BOTH, .burst = 128, .readers = 1, .subqos = -1, .idle_s = 5, .drain_max = 30, .settle = 1.0,
       .keepalive = 1200, .expiry = 86400};

/* ------------------------------------------------------------------ small tools */

static void die(const char *f, ...) {
    va_list a;
    va_start(a, f);
    fprintf(stderr, "mqttload: ");
    vfprintf(stderr, f, a);
    fprintf(stderr, "\n");
    va_end(a);
    exit(2);
}
static void note(const char *f, ...) {
    if (O.quiet) return;
    va_list a;
    va_start(a, f);
    fprintf(stderr, "mqttload: ");
    vfprintf(stderr, f, a);
    fprintf(stderr, "\n");
    va_end(a);
}
static void *xalloc(size_t n) {
    void *p = calloc(1, n ? n : 1);
    if (!p) die("out of memory");
    return p;
}
static void *xgrow(void *p, size_t n) {
    p = realloc(p, n);
    if (!p) die("out of memory");
    return p;
}
static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Byte buffer: valid bytes are d[off..len). */
typedef struct { uint8_t *d; size_t off, len, cap; } buf;

static uint8_t *buf_room(buf *b, size_t n) {
    if (b->off == b->len) b->off = b->len = 0;
    if (b->len + n > b->cap) {
        if (b->off) {
            memmove(b->d, b->d + b->off, b->len - b->off);
            b->len -= b->off;
            b->off = 0;
        }
        if (b->len + n > b->cap) {
            size_t c = b->cap ? b->cap : 256;
            while (c < b->len + n) c *= 2;
            b->d = xgrow(b->d, c);
            b->cap = c;
        }
    }
    return b->d + b->len;
}
static void buf_free(buf *b) {
    free(b->d);
    memset(b, 0, sizeof *b);
}

/* Growing bitmap. set() returns true when the bit was already set. */
typedef struct { uint64_t *w; size_t n; uint64_t ones; } bitmap;

static bool bm_set(bitmap *b, uint64_t i) {
    size_t k = i >> 6;
    if (k >= b->n) {
        size_t n = b->n ? b->n : 64;
        while (n <= k) n *= 2;
        b->w = xgrow(b->w, n * 8);
        memset(b->w + b->n, 0, (n - b->n) * 8);
        b->n = n;
    }
    uint64_t m = 1ull << (i & 63);
    if (b->w[k] & m) return true;
    b->w[k] |= m;
    b->ones++;
    return false;
}
static bool bm_get(const bitmap *b, uint64_t i) { return (i >> 6) < b->n && (b->w[i >> 6] >> (i & 63) & 1); }

/* Log-linear histogram, 128 sub-buckets per power of two: under 0.8 % error. */
#define HB 7
typedef struct { uint64_t c[(64 - HB + 1) << HB]; uint64_t n, max; double sum; } hist;

static unsigned h_idx(uint64_t v) {
    if (v < (1u << HB)) return (unsigned)v;
    unsigned msb = 63 - (unsigned)__builtin_clzll(v);
    return ((msb - HB + 1) << HB) + (unsigned)((v >> (msb - HB)) & ((1u << HB) - 1));
}
static uint64_t h_val(unsigned i) {
    if (i < (1u << HB)) return i;
    unsigned e = (i >> HB) - 1;
    return ((uint64_t)((1u << HB) + (i & ((1u << HB) - 1)) + 1) << e) - 1;
}
static void h_add(hist *h, uint64_t v) {
    h->c[h_idx(v)]++;
    h->n++;
    h->sum += (double)v;
    if (v > h->max) h->max = v;
}
static double h_pct_us(const hist *h, double p) {
    if (!h->n) return -1;
    uint64_t want = (uint64_t)(p / 100.0 * (double)h->n + 0.5), seen = 0;
    if (want < 1) want = 1;
    for (unsigned i = 0; i < sizeof h->c / sizeof *h->c; i++)
        if ((seen += h->c[i]) >= want) {
            uint64_t v = h_val(i);
            return (double)(v > h->max ? h->max : v) / 1000.0;
        }
    return (double)h->max / 1000.0;
}

/* ------------------------------------------------------------------ probes (/proc) */

static size_t slurp(const char *path, char *b, size_t n) {
    int fd = open(path, O_RDONLY);
    if (fd < 0) return b[0] = 0, 0;
    size_t k = 0;
    ssize_t r;
    while (k + 1 < n && (r = read(fd, b + k, n - 1 - k)) > 0) k += (size_t)r;
    close(fd);
    b[k] = 0;
    return k;
}
static int64_t field_after(const char *text, const char *key) {
    const char *p = strstr(text, key);
    return p ? strtoll(p + strlen(key), NULL, 10) : -1;
}
static int64_t broker_kb(const char *key) {
    char p[64], b[8192];
    if (!O.broker) return -1;
    snprintf(p, sizeof p, "/proc/%d/status", O.broker);
    slurp(p, b, sizeof b);
    return field_after(b, key);
}
static int64_t tcp_mem_kb(void) { /* kernel socket buffers: not in anybody's RSS */
    char b[4096];
    slurp("/proc/net/sockstat", b, sizeof b);
    const char *t = strstr(b, "TCP: ");
    int64_t pages = t ? field_after(t, " mem ") : -1;
    return pages < 0 ? -1 : pages * (sysconf(_SC_PAGESIZE) / 1024);
}

typedef struct { uint64_t t; double broker_cpu, broker_user, my_cpu, busy, steal; int64_t wbytes, ctx; } probe;

static probe probe_now(void) {
    probe s = {.t = now_ns(), .wbytes = -1, .ctx = -1};
    char p[320], b[16384];
    double hz = (double)sysconf(_SC_CLK_TCK);
    if (O.broker) {
        snprintf(p, sizeof p, "/proc/%d/stat", O.broker);
        if (slurp(p, b, sizeof b)) {
            char *q = strrchr(b, ')');
            unsigned long long u = 0, k = 0;
            if (q) sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &u, &k);
            s.broker_user = (double)u / hz;
            s.broker_cpu = (double)(u + k) / hz;
        }
        snprintf(p, sizeof p, "/proc/%d/io", O.broker);
        if (slurp(p, b, sizeof b)) s.wbytes = field_after(b, "\nwrite_bytes: ");
        snprintf(p, sizeof p, "/proc/%d/task", O.broker);
        DIR *d = opendir(p);
        if (d) {
            struct dirent *e;
            s.ctx = 0;
            while ((e = readdir(d))) {
                if (e->d_name[0] == '.') continue;
                snprintf(p, sizeof p, "/proc/%d/task/%s/status", O.broker, e->d_name);
                if (!slurp(p, b, sizeof b)) continue;
                s.ctx += field_after(b, "\nvoluntary_ctxt_switches:") + field_after(b, "nonvoluntary_ctxt_switches:");
            }
            closedir(d);
        }
    }
    struct rusage ru;
    getrusage(RUSAGE_SELF, &ru);
    s.my_cpu = (double)ru.ru_utime.tv_sec + (double)ru.ru_utime.tv_usec / 1e6 + (double)ru.ru_stime.tv_sec +
               (double)ru.ru_stime.tv_usec / 1e6;
    /* Everybody's CPU, from the schedulers' exact per-process sums (the "cpu" line of /proc/stat is sampled
     * per tick and badly undercounts short wake-ups). Children's time covers processes that ended meanwhile. */
    DIR *d = opendir("/proc");
    struct dirent *e;
    while (d && (e = readdir(d))) {
        if (e->d_name[0] < '0' || e->d_name[0] > '9') continue;
        snprintf(p, sizeof p, "/proc/%s/stat", e->d_name);
        if (!slurp(p, b, sizeof b)) continue;
        char *q = strrchr(b, ')');
        unsigned long long u = 0, k = 0;
        long long cu = 0, ck = 0;
        if (q && sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &u, &k, &cu, &ck) == 4)
            s.busy += (double)(u + k + (unsigned long long)cu + (unsigned long long)ck) / hz;
    }
    if (d) closedir(d);
    slurp("/proc/stat", b, sizeof b);
    unsigned long long v[8] = {0};
    sscanf(b, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7);
    s.steal = (double)v[7] / hz;
    return s;
}

/* ------------------------------------------------------------------ connections */

typedef struct conn conn;
typedef struct pub pub;
enum state { ST_IDLE, ST_CONNECTING, ST_CONNACK, ST_SUBACK, ST_READY, ST_CLOSED };

struct conn {
    int fd;
    uint8_t state, role; /* role: 'p' publisher, 's' subscriber, 'i' idle */
    bool want_out, dirty, clean, session_present, slow;
    uint32_t idx, expiry;
    uint16_t rxmax, srv_rxmax;
    uint32_t unacked; /* QoS 1 deliveries we have not acknowledged yet */
    char id[40];
    const char *filter;
    int filter_qos;
    pub *p;
    uint32_t *last; /* per publisher: highest seq seen + 1 (order check) */
    buf rx, tx;
#ifdef MQTTLOAD_TLS
    SSL *ssl;
    bool tls_waits; /* a write waits for something to read */
#endif
};

struct pub {
    conn *c;
    uint32_t idx, seq, inflight, window;
    uint64_t owed;    /* messages allowed to be sent now (rate mode) */
    uint64_t t0;      /* schedule origin (rate mode) */
    uint16_t *free_q; /* FIFO of free packet ids */
    uint32_t fh, ft;
    uint64_t *slot_ts;
    uint32_t *slot_seq;
    bitmap acked;
    char topic[64];
};

static int ep = -1;
static conn **dirty;
static size_t ndirty, capdirty;
static uint32_t n_ready, n_closed, n_unexpected_close, n_session_present;
static uint64_t n_sent, n_acked, n_nack, n_deliv, n_dup, n_dupflag, n_order, n_rxviol, n_foreign, n_ignored_sub;
static uint64_t t_last_progress, t_first_rx, t_last_rx;
static hist h_e2e, h_ack, h_conn;
static bool measuring, closing;
static uint64_t t_measure;

static uint64_t on_message_target(conn *c, const uint8_t *pl, size_t n, bool dupflag, uint16_t id, int qos, uint64_t now);

static void mark_dirty(conn *c) {
    if (c->dirty) return;
    c->dirty = true;
    if (ndirty == capdirty) dirty = xgrow(dirty, (capdirty = capdirty ? capdirty * 2 : 64) * sizeof *dirty);
    dirty[ndirty++] = c;
}
static void conn_close(conn *c) {
#ifdef MQTTLOAD_TLS
    if (c->ssl) SSL_free(c->ssl), c->ssl = NULL;
#endif
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    if (c->state == ST_READY) n_ready--;
    c->state = ST_CLOSED;
    buf_free(&c->rx);
    buf_free(&c->tx);
    n_closed++;
}
static void conn_lost(conn *c, const char *why) {
    if (c->state == ST_CLOSED) return;
    if (!closing) {
        if (n_unexpected_close++ < 5) note("connection %s lost: %s", c->id, why);
    }
    conn_close(c);
}
/* Like send() and recv(), through TLS where there is one. */
static ssize_t conn_send(conn *c, const void *d, size_t n) {
#ifdef MQTTLOAD_TLS
    if (c->ssl) {
        c->tls_waits = false;
        ERR_clear_error();
        int r = SSL_write(c->ssl, d, n > 1 << 20 ? 1 << 20 : (int)n);
        if (r > 0) return r;
        int e = SSL_get_error(c->ssl, r);
        if (e == SSL_ERROR_WANT_READ) c->tls_waits = true;
        errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
        return -1;
    }
#endif
    return send(c->fd, d, n, MSG_NOSIGNAL);
}
static ssize_t conn_recv(conn *c, void *d, size_t n) {
#ifdef MQTTLOAD_TLS
    if (c->ssl) {
        size_t k = 0;
        while (n - k >= 16384) { /* whole records, so that none stays behind unseen */
            ERR_clear_error();
            int r = SSL_read(c->ssl, (uint8_t *)d + k, (int)(n - k));
            if (r <= 0) {
                int e = SSL_get_error(c->ssl, r);
                if (k) break;
                if (e == SSL_ERROR_ZERO_RETURN) return 0;
                errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : e == SSL_ERROR_SYSCALL && errno ? errno : EPROTO;
                return -1;
            }
            k += (size_t)r;
        }
        return (ssize_t)k;
    }
#endif
    return recv(c->fd, d, n, 0);
}
static void conn_flush(conn *c) {
    while (c->fd >= 0 && c->tx.off < c->tx.len) {
        ssize_t r = conn_send(c, c->tx.d + c->tx.off, c->tx.len - c->tx.off);
        if (r < 0) {
#ifdef MQTTLOAD_TLS
            if (errno == EAGAIN && c->tls_waits) {
                if (c->want_out) {
                    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
                    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
                    c->want_out = false;
                }
                return;
            }
#endif
            if (errno == EAGAIN) {
                if (!c->want_out) {
                    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
                    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
                    c->want_out = true;
                }
                return;
            }
            conn_lost(c, strerror(errno));
            return;
        }
        c->tx.off += (size_t)r;
    }
    if (c->fd >= 0 && c->want_out) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
        c->want_out = false;
    }
    if (c->role == 'i') buf_free(&c->tx); /* keep 50k idle connections small */
}
static void flush_dirty(void) {
    for (size_t i = 0; i < ndirty; i++) {
        dirty[i]->dirty = false;
        if (dirty[i]->state >= ST_CONNACK && dirty[i]->state != ST_CLOSED) conn_flush(dirty[i]);
    }
    ndirty = 0;
}

/* ------------------------------------------------------------------ MQTT 5 encoding */

static uint8_t *put16(uint8_t *p, unsigned v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return p + 2;
}
static uint8_t *put32(uint8_t *p, uint32_t v) { return put16(put16(p, v >> 16), v & 0xffff); }
static uint8_t *putvar(uint8_t *p, uint32_t v) {
    do {
        uint8_t b = v & 0x7f;
        v >>= 7;
        *p++ = b | (v ? 0x80 : 0);
    } while (v);
    return p;
}
static uint8_t *putstr(uint8_t *p, const char *s, size_t n) {
    p = put16(p, (unsigned)n);
    memcpy(p, s, n);
    return p + n;
}
static void send_connect(conn *c) {
    uint8_t t[256], *p = t;
    size_t idn = strlen(c->id);
    unsigned props = 5 + 3;
    p = putstr(p, "MQTT", 4);
    *p++ = 5;
    *p++ = c->clean ? 2 : 0;
    p = put16(p, O.keepalive);
    p = putvar(p, props);
    *p++ = 0x11;
    p = put32(p, c->expiry);
    *p++ = 0x21;
    p = put16(p, c->rxmax ? c->rxmax : 65535);
    p = putstr(p, c->id, idn);
    uint8_t *o = buf_room(&c->tx, 300), *q = o;
    *q++ = 0x10;
    q = putvar(q, (uint32_t)(p - t));
    memcpy(q, t, (size_t)(p - t));
    c->tx.len += (size_t)(q - o) + (size_t)(p - t);
    mark_dirty(c);
}
static void send_subscribe(conn *c) {
    size_t n = strlen(c->filter);
    uint8_t *o = buf_room(&c->tx, n + 32), *q = o;
    *q++ = 0x82;
    q = putvar(q, (uint32_t)(2 + 1 + 2 + n + 1));
    q = put16(q, 1);
    *q++ = 0;
    q = putstr(q, c->filter, n);
    *q++ = (uint8_t)c->filter_qos;
    c->tx.len += (size_t)(q - o);
    mark_dirty(c);
}
/* PUBACK, PUBREC, PUBREL or PUBCOMP without a reason. */
static void send_ack(conn *c, uint8_t first, uint16_t id) {
    uint8_t *o = buf_room(&c->tx, 4);
    o[0] = first;
    o[1] = 2;
    put16(o + 2, id);
    c->tx.len += 4;
    mark_dirty(c);
}
/* A subscriber is done with a delivery: PUBACK, or PUBREC, whose PUBCOMP follows the broker's PUBREL. */
static void acknowledge(conn *c, int qos, uint16_t id) {
    if (qos == 1) c->unacked--;
    if (qos) send_ack(c, qos == 1 ? 0x40 : 0x50, id);
}
static void send_disconnect(conn *c) {
    uint8_t *o = buf_room(&c->tx, 2);
    o[0] = 0xe0;
    o[1] = 0;
    c->tx.len += 2;
    conn_flush(c);
}
static uint8_t filler[70000];

static void send_publish(pub *p, const char *topic, size_t tn, uint64_t due, bool retain) {
    conn *c = p->c;
    uint32_t body = (uint32_t)(2 + tn + (O.qos ? 2 : 0) + 1 + (size_t)O.payload);
    uint8_t *o = buf_room(&c->tx, body + 8), *q = o;
    *q++ = (uint8_t)(0x30 | (O.qos << 1) | (retain ? 1 : 0));
    q = putvar(q, body);
    q = putstr(q, topic, tn);
    if (O.qos) {
        uint16_t id = p->free_q[p->fh++ % p->window];
        q = put16(q, id);
        p->slot_ts[id] = due;
        p->slot_seq[id] = p->seq;
        p->inflight++;
    }
    *q++ = 0;
    uint16_t pi = (uint16_t)p->idx;
    memcpy(q, &due, 8);
    memcpy(q + 8, &p->seq, 4);
    memcpy(q + 12, &pi, 2);
    memcpy(q + 14, &O.runid, 2);
    memcpy(q + 16, filler, (size_t)O.payload - 16);
    q += O.payload;
    c->tx.len += (size_t)(q - o);
    p->seq++;
    n_sent++;
    if (O.nobatch) conn_flush(c);
    else mark_dirty(c);
}

/* ------------------------------------------------------------------ MQTT 5 decoding */

static const uint8_t *getvar(const uint8_t *p, const uint8_t *e, uint32_t *v) {
    uint32_t r = 0;
    for (int s = 0; s < 28; s += 7) {
        if (p >= e) return NULL;
        r |= (uint32_t)(*p & 0x7f) << s;
        if (!(*p++ & 0x80)) return *v = r, p;
    }
    return NULL;
}
/* Walks the CONNACK properties for the server's Receive Maximum. */
static void connack_props(conn *c, const uint8_t *p, const uint8_t *e) {
    uint32_t n;
    if (!(p = getvar(p, e, &n)) || p + n > e) return;
    e = p + n;
    while (p < e) {
        switch (*p++) {
        case 0x21: c->srv_rxmax = (uint16_t)(p[0] << 8 | p[1]); p += 2; break;
        case 0x13: case 0x22: p += 2; break;
        case 0x11: case 0x27: p += 4; break;
        case 0x24: case 0x25: case 0x28: case 0x29: case 0x2a: p += 1; break;
        case 0x12: case 0x1a: case 0x1c: case 0x1f: case 0x15: case 0x16: p += 2 + (p[0] << 8 | p[1]); break;
        case 0x26: p += 2 + (p[0] << 8 | p[1]); p += 2 + (p[0] << 8 | p[1]); break;
        default: return;
        }
    }
}
static void became_ready(conn *c) {
    c->state = ST_READY;
    n_ready++;
    t_last_progress = now_ns();
}
static void on_puback(conn *c, uint16_t id, uint8_t reason, uint64_t now) {
    pub *p = c->p;
    if (!p || id > p->window || !p->slot_ts[id]) return;
    uint64_t due = p->slot_ts[id];
    p->slot_ts[id] = 0;
    p->inflight--;
    p->free_q[p->ft++ % p->window] = id;
    n_acked++;
    t_last_progress = now;
    if (reason >= 0x80) n_nack++;
    else bm_set(&p->acked, p->slot_seq[id]);
    if (reason == 0x10) n_ignored_sub++; /* "no matching subscribers" */
    if (measuring && due >= t_measure) h_add(&h_ack, now - due);
    if (O.kill9_at && n_acked >= O.kill9_at && O.broker) {
        kill(O.broker, SIGKILL);
        O.kill9_at = 0;
        closing = true;
    }
}
/* PUBREC: the message is the broker's; PUBREL ends the handshake, unless it was refused. */
static void on_pubrec(conn *c, uint16_t id, uint8_t reason, uint64_t now) {
    pub *p = c->p;
    if (!p || id > p->window || !p->slot_ts[id]) return;
    t_last_progress = now;
    if (reason >= 0x80) on_puback(c, id, reason, now);
    else {
        if (reason == 0x10) n_ignored_sub++;
        send_ack(c, 0x62, id);
    }
}
static bool on_packet(conn *c, uint8_t h, const uint8_t *p, uint32_t n, uint64_t now) {
    const uint8_t *e = p + n;
    switch (h >> 4) {
    case 2: /* CONNACK */
        if (n < 2 || c->state != ST_CONNACK) return false;
        if (p[1] != 0) {
            note("%s: CONNACK reason 0x%02x", c->id, p[1]);
            return false;
        }
        c->session_present = p[0] & 1;
        n_session_present += c->session_present;
        c->srv_rxmax = 65535;
        connack_props(c, p + 2, e);
        if (c->filter) {
            c->state = ST_SUBACK;
            send_subscribe(c);
        } else
            became_ready(c);
        return true;
    case 9: /* SUBACK */
        if (c->state != ST_SUBACK || n < 4) return false;
        if (e[-1] >= 0x80) {
            note("%s: SUBACK reason 0x%02x", c->id, e[-1]);
            return false;
        }
        became_ready(c);
        return true;
    case 3: { /* PUBLISH */
        int qos = (h >> 1) & 3;
        if (n < 2) return false;
        uint32_t tn = (uint32_t)(p[0] << 8 | p[1]), pl;
        p += 2 + tn;
        uint16_t id = 0;
        if (p + (qos ? 2 : 0) >= e) return false;
        if (qos) id = (uint16_t)(p[0] << 8 | p[1]), p += 2;
        if (!(p = getvar(p, e, &pl)) || p + pl > e) return false;
        p += pl;
        if (qos) {
            if (++c->unacked > (c->rxmax ? c->rxmax : 65535u)) n_rxviol++;
        }
        on_message_target(c, p, (size_t)(e - p), h & 8, id, qos, now);
        return true;
    }
    case 4: /* PUBACK */
        if (n < 2) return false;
        on_puback(c, (uint16_t)(p[0] << 8 | p[1]), n > 2 ? p[2] : 0, now);
        return true;
    case 5: /* PUBREC */
        if (n < 2) return false;
        on_pubrec(c, (uint16_t)(p[0] << 8 | p[1]), n > 2 ? p[2] : 0, now);
        return true;
    case 6: /* PUBREL */
        if (n < 2) return false;
        send_ack(c, 0x70, (uint16_t)(p[0] << 8 | p[1]));
        if (c->unacked) c->unacked--;
        t_last_progress = now;
        return true;
    case 7: /* PUBCOMP */
        if (n < 2) return false;
        on_puback(c, (uint16_t)(p[0] << 8 | p[1]), n > 2 ? p[2] : 0, now);
        return true;
    case 13: return true;
    case 14:
        if (!closing) note("%s: server DISCONNECT reason 0x%02x", c->id, n ? p[0] : 0);
        return false;
    default: return false;
    }
}
/* One shared receive area; a connection keeps only its incomplete tail. */
#define RXSZ (256 * 1024)
static uint8_t rxarea[RXSZ + 300000];

static void conn_read(conn *c) {
    size_t have = c->rx.len - c->rx.off;
    if (have > 290000) return conn_lost(c, "packet too large");
    if (have) memcpy(rxarea, c->rx.d + c->rx.off, have);
    ssize_t r = conn_recv(c, rxarea + have, RXSZ);
    if (r <= 0) {
        if (r < 0 && (errno == EAGAIN || errno == EINTR)) {
#ifdef MQTTLOAD_TLS
            if (c->tls_waits) conn_flush(c);
#endif
            return;
        }
        conn_lost(c, r ? strerror(errno) : "closed by broker");
        return;
    }
    uint64_t now = now_ns();
    const uint8_t *p = rxarea, *e = rxarea + have + (size_t)r;
    while (e - p >= 2) {
        uint32_t n;
        const uint8_t *q = getvar(p + 1, e, &n);
        if (!q || (size_t)(e - q) < n) {
            if (!q && e - p > 5) return conn_lost(c, "bad length");
            break;
        }
        if (!on_packet(c, *p, q, n, now)) return conn_lost(c, "protocol");
        if (c->state == ST_CLOSED) return;
        p = q + n;
    }
    c->rx.off = c->rx.len = 0;
    if (e > p) {
        size_t left = (size_t)(e - p);
        memcpy(buf_room(&c->rx, left), p, left);
        c->rx.len += left;
    } else if (c->role == 'i')
        buf_free(&c->rx);
#ifdef MQTTLOAD_TLS
    if (c->tls_waits) conn_flush(c);
#endif
}

/* ------------------------------------------------------------------ connecting */

static void conn_start(conn *c, uint32_t serial) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket: %s", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* Spread over 127.0.1.x source addresses: one address has only ~28k ephemeral ports. */
    struct sockaddr_in a = {.sin_family = AF_INET};
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    a.sin_addr.s_addr = htonl(0x7f000101u + serial / 20000);
    if (bind(c->fd, (struct sockaddr *)&a, sizeof a)) die("bind: %s", strerror(errno));
    a.sin_port = htons((uint16_t)O.port);
    if (inet_pton(AF_INET, O.host, &a.sin_addr) != 1 || (ntohl(a.sin_addr.s_addr) >> 24) != 127)
        die("--host must be in 127.0.0.0/8");
    c->state = ST_CONNECTING;
    if (connect(c->fd, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS) die("connect: %s", strerror(errno));
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
    if (epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl: %s", strerror(errno));
    c->want_out = true;
    c->srv_rxmax = 65535;
    c->unacked = 0;
}
static void conn_event(conn *c, uint32_t ev) {
    if (c->state == ST_CLOSED) return;
    if (c->state == ST_CONNECTING) {
        int err = 0;
        socklen_t l = sizeof err;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l);
        if (err) die("connect to %s:%d: %s", O.host, O.port, strerror(err));
        if (!(ev & EPOLLOUT)) return;
        c->state = ST_CONNACK;
#ifdef MQTTLOAD_TLS
        if (O.tls) {
            if (!(c->ssl = SSL_new(tls_ctx)) || !SSL_set_fd(c->ssl, c->fd)) die("SSL_new");
            SSL_set_connect_state(c->ssl);
        }
#endif
        send_connect(c);
        conn_flush(c);
        return;
    }
    if (ev & EPOLLOUT) conn_flush(c);
    if (c->state != ST_CLOSED && (ev & (EPOLLIN | EPOLLHUP | EPOLLERR))) conn_read(c);
}
/* One turn of the loop: flush what is pending, wait at most `ns`, handle events. */
static void turn(uint64_t ns) {
    static struct epoll_event ev[1024];
    flush_dirty();
    struct timespec ts = {.tv_sec = (time_t)(ns / 1000000000ull), .tv_nsec = (long)(ns % 1000000000ull)};
    int n = epoll_pwait2(ep, ev, 1024, &ts, NULL);
    if (n < 0 && errno != EINTR) die("epoll: %s", strerror(errno));
    for (int i = 0; i < n; i++) conn_event(ev[i].data.ptr, ev[i].events);
}
/* Connects all of v[0..n), at most `burst` handshakes under way; returns seconds taken. */
static double connect_all(conn *v, size_t n, uint32_t serial0, hist *h) {
    uint64_t t0 = now_ns(), *started = h ? xalloc(n * sizeof *started) : NULL;
    size_t next = 0, done = 0, low = 0;
    t_last_progress = t0;
    while (done < n) {
        while (next < n && next - done < (size_t)O.burst) {
            if (h) started[next] = now_ns();
            conn_start(&v[next], serial0 + (uint32_t)next);
            next++;
        }
        turn(100000000ull);
        uint64_t now = now_ns();
        done = low;
        for (size_t i = low; i < next; i++) {
            if (v[i].state == ST_CLOSED) die("%s failed to connect", v[i].id);
            if (v[i].state == ST_READY) {
                if (h && started[i]) h_add(h, now - started[i]), started[i] = 0;
                done++;
                if (i == low) low++;
            }
        }
        if (done < low) done = low;
        if (now - t_last_progress > 30ull * 1000000000ull) die("connecting stalled at %zu of %zu", done, n);
    }
    free(started);
    return (double)(now_ns() - t0) / 1e9;
}

/* ------------------------------------------------------------------ delivery bookkeeping */

static conn *subs;
static pub *pubs;
static conn *pubconns;
static bitmap *seen;       /* [publisher] when each message has one owner, else [subscriber*P + publisher] */
static bool each_to_all;   /* plain fan-out: every subscriber must get every message */
static uint64_t n_unique;  /* distinct (message, owner) pairs processed */

/* Held-back acknowledgements (worker simulation). One FIFO per delay class: constant delay keeps it sorted. */
typedef struct { uint64_t due; conn *c; uint32_t seq; uint16_t id, pub; int qos; } held;
typedef struct { held *v; size_t head, n, cap; uint64_t delay; } heldq;
static heldq hq[2];

static void hq_push(heldq *q, held x) {
    if (q->n == q->cap) {
        size_t c = q->cap ? q->cap * 2 : 1024;
        held *v = xalloc(c * sizeof *v);
        for (size_t i = 0; i < q->n; i++) v[i] = q->v[(q->head + i) % q->cap];
        free(q->v);
        q->v = v, q->cap = c, q->head = 0;
    }
    q->v[(q->head + q->n++) % q->cap] = x;
}
static void processed(conn *c, uint32_t pi, uint32_t seq) {
    bitmap *b = &seen[each_to_all ? (size_t)c->idx * (size_t)O.pubs + pi : pi];
    if (bm_set(b, seq)) n_dup++;
    else n_unique++;
}
static void run_held(uint64_t now) {
    for (int k = 0; k < 2; k++)
        while (hq[k].n && hq[k].v[hq[k].head].due <= now) {
            held x = hq[k].v[hq[k].head];
            hq[k].head = (hq[k].head + 1) % hq[k].cap;
            hq[k].n--;
            if (x.c->state != ST_READY) continue; /* the worker died holding it */
            processed(x.c, x.pub, x.seq);
            acknowledge(x.c, x.qos, x.id);
        }
}
static uint64_t held_next(void) {
    uint64_t t = UINT64_MAX;
    for (int k = 0; k < 2; k++)
        if (hq[k].n && hq[k].v[hq[k].head].due < t) t = hq[k].v[hq[k].head].due;
    return t;
}
static uint64_t on_message_target(conn *c, const uint8_t *pl, size_t n, bool dupflag, uint16_t id, int qos, uint64_t now) {
    uint64_t due;
    uint32_t seq;
    uint16_t pi, run;
    if (n >= 16) {
        memcpy(&due, pl, 8);
        memcpy(&seq, pl + 8, 4);
        memcpy(&pi, pl + 12, 2);
        memcpy(&run, pl + 14, 2);
    }
    if (n < 16 || run != O.runid || pi >= O.pubs) {
        n_foreign++;
        acknowledge(c, qos, id);
        return 0;
    }
    n_deliv++;
    if (!t_first_rx) t_first_rx = now;
    t_last_rx = t_last_progress = now;
    if (dupflag) n_dupflag++;
    if (c->last) {
        if (seq + 1 > c->last[pi]) c->last[pi] = seq + 1;
        else if (!dupflag) n_order++;
    }
    if (measuring && due >= t_measure) h_add(&h_e2e, now - due);
    heldq *q = &hq[c->slow];
    if (q->delay) hq_push(q, (held){now + q->delay, c, seq, id, pi, qos});
    else {
        processed(c, pi, seq);
        acknowledge(c, qos, id);
    }
    return due;
}

/* ------------------------------------------------------------------ publishers */

static void make_pubs(void) {
    pubs = xalloc((size_t)O.pubs * sizeof *pubs);
    pubconns = xalloc((size_t)O.pubs * sizeof *pubconns);
    for (int i = 0; i < O.pubs; i++) {
        conn *c = &pubconns[i];
        c->role = 'p', c->idx = (uint32_t)i, c->clean = true, c->p = &pubs[i], c->fd = -1;
        snprintf(c->id, sizeof c->id, "ml-p-%u-%d", O.runid, i);
        pubs[i].c = c, pubs[i].idx = (uint32_t)i;
        snprintf(pubs[i].topic, sizeof pubs[i].topic, "t/%d", i);
    }
    connect_all(pubconns, (size_t)O.pubs, 0, NULL);
    for (int i = 0; i < O.pubs; i++) {
        pub *p = &pubs[i];
        p->window = (uint32_t)O.window;
        if (p->window > p->c->srv_rxmax) p->window = p->c->srv_rxmax;
        p->free_q = xalloc(p->window * sizeof *p->free_q);
        p->slot_ts = xalloc((p->window + 1) * sizeof *p->slot_ts);
        p->slot_seq = xalloc((p->window + 1) * sizeof *p->slot_seq);
        for (uint32_t k = 0; k < p->window; k++) p->free_q[k] = (uint16_t)(k + 1);
        p->ft = p->window;
    }
}
static bool pub_can(const pub *p) {
    if (p->c->state != ST_READY) return false;
    if (O.qos) return p->inflight < p->window;
    return p->c->tx.len - p->c->tx.off < 64 * 1024; /* QoS 0: the socket is the window */
}
/* Published messages that have not been processed yet by their (average) receiver. */
static uint64_t outstanding(void) {
    uint64_t got = each_to_all ? n_unique / (uint64_t)(O.subs ? O.subs : 1) : n_unique;
    return n_sent > got ? n_sent - got : 0;
}

/* ------------------------------------------------------------------ JSON */

static char js[16384];
static size_t jn;
static void jraw(const char *f, ...) {
    va_list a;
    va_start(a, f);
    jn += (size_t)vsnprintf(js + jn, sizeof js - jn, f, a);
    va_end(a);
}
static void jint(const char *k, int64_t v) { jraw(", \"%s\": %" PRId64, k, v); }
static void jnum(const char *k, double v) { jraw(", \"%s\": %.6g", k, v); }
static void jhist(const char *k, const hist *h) {
    jraw(", \"%s\": {\"n\": %" PRIu64 ", \"mean\": %.1f, \"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f}", k, h->n,
         h->n ? h->sum / (double)h->n / 1e3 : -1.0, h_pct_us(h, 50), h_pct_us(h, 90), h_pct_us(h, 99), h_pct_us(h, 99.9),
         (double)h->max / 1e3);
}
static void jbegin(void) {
    jraw("{\"mode\": \"%s\", \"label\": \"%s\"", O.mode, O.label ? O.label : "");
    jint("payload", O.payload);
    jint("qos", O.qos);
    jint("tls", O.tls);
}
/* CPU between two probes, and messages per broker CPU second. */
static void jcpu(const char *pre, probe a, probe b, double msgs) {
    char k[64];
    double w = (double)(b.t - a.t) / 1e9, bc = b.broker_cpu - a.broker_cpu, mc = b.my_cpu - a.my_cpu;
#define K(s) (snprintf(k, sizeof k, "%s%s", pre, s), k)
    jnum(K("wall_s"), w);
    jnum(K("rate"), msgs / w);
    if (O.broker) {
        jnum(K("broker_cpu_s"), bc);
        jnum(K("broker_user_s"), b.broker_user - a.broker_user);
        jnum(K("msgs_per_broker_cpu_s"), bc > 0 ? msgs / bc : -1);
        jnum(K("broker_disk_mb"), (double)(b.wbytes - a.wbytes) / 1e6);
        jint(K("broker_ctxsw"), b.ctx - a.ctx);
    }
    jnum(K("loader_cpu_s"), mc);
    jnum(K("loader_share"), mc / w);
    jnum(K("other_cpu_s"), b.busy - a.busy - bc - mc);
    jnum(K("steal_s"), b.steal - a.steal);
#undef K
}
static void jverdict(uint64_t lost) {
    jint("sent", (int64_t)n_sent);
    jint("acked", (int64_t)n_acked);
    jint("nacked", (int64_t)n_nack);
    jint("delivered", (int64_t)n_deliv);
    jint("unique", (int64_t)n_unique);
    jint("lost", (int64_t)lost);
    jint("dup", (int64_t)n_dup);
    jint("dup_flagged", (int64_t)n_dupflag);
    jint("order_viol", (int64_t)n_order);
    jint("rxmax_viol", (int64_t)n_rxviol);
    jint("foreign", (int64_t)n_foreign);
    jint("unexpected_close", n_unexpected_close);
}
static void jend(void) {
    jraw("}");
    puts(js);
    fflush(stdout);
}

/* ------------------------------------------------------------------ workload: flow */

static void run_flow(void) {
    each_to_all = !O.group;
    bool rate_mode = O.rate > 0;
    char filter[128];
    if (O.group) snprintf(filter, sizeof filter, "$share/%s/t/#", O.group);
    else snprintf(filter, sizeof filter, "t/#");
    seen = xalloc((size_t)O.pubs * (each_to_all ? (size_t)O.subs : 1) * sizeof *seen);
    subs = xalloc((size_t)O.subs * sizeof *subs);
    for (int i = 0; i < O.subs; i++) {
        conn *c = &subs[i];
        c->role = 's', c->idx = (uint32_t)i, c->clean = true, c->rxmax = (uint16_t)O.rxmax, c->fd = -1;
        c->expiry = O.persistent ? O.expiry : 0;
        c->filter = filter, c->filter_qos = O.subqos >= 0 ? O.subqos : O.qos;
        c->slow = i < O.slow_subs;
        c->last = xalloc((size_t)O.pubs * sizeof *c->last);
        snprintf(c->id, sizeof c->id, "ml-s-%u-%d", O.runid, i);
    }
    hq[0].delay = (uint64_t)(O.delay_ms * 1e6);
    hq[1].delay = (uint64_t)((O.slow_ms > 0 ? O.slow_ms : O.delay_ms) * 1e6);
    if (O.subs) connect_all(subs, (size_t)O.subs, 10000, NULL);
    make_pubs();

    uint64_t t0 = now_ns(), k_next = 0, fan = each_to_all ? (uint64_t)O.subs : 1;
    uint64_t t_stop = O.duration > 0 ? t0 + (uint64_t)((O.warmup + O.duration) * 1e9) : UINT64_MAX;
    uint64_t t_warm = t0 + (uint64_t)(O.warmup * 1e9), t_die = O.die_subs ? t0 + (uint64_t)(O.die_after * 1e9) : UINT64_MAX;
    uint64_t t_stopped = 0, limit = O.count ? O.count : UINT64_MAX, deliv_a = 0, deliv_b = 0, sent_a = 0, sent_b = 0, backlog_max = 0;
    double step = rate_mode ? 1e9 / O.rate : 0;
    probe A = probe_now(), B = {0};
    bool warm = false, stopped = false, capped = false;
    int first = 0;
    t_last_progress = t0;
    for (;;) {
        uint64_t now = now_ns();
        if (!warm && now >= t_warm) {
            warm = measuring = true;
            t_measure = now;
            A = probe_now();
            deliv_a = n_deliv, sent_a = n_sent;
        }
        if (now >= t_die) { /* crash some workers: their unacknowledged work must go elsewhere */
            t_die = UINT64_MAX;
            for (int i = 0; i < O.die_subs && i < O.subs; i++) closing = true, conn_close(&subs[i]), closing = false;
        }
        if (!stopped && (now >= t_stop || n_sent >= limit)) {
            stopped = true, t_stopped = now;
            if (t_stop != UINT64_MAX) B = probe_now(), deliv_b = n_deliv, sent_b = n_sent;
        }
        if (!stopped) {
            if (rate_mode) {
                while (k_next < limit && t0 + (uint64_t)((double)k_next * step) <= now) pubs[k_next++ % (uint64_t)O.pubs].owed++;
            }
            uint64_t room = O.e2e ? (outstanding() >= O.e2e ? 0 : O.e2e - outstanding()) : UINT64_MAX;
            for (int j = 0; j < O.pubs && room; j++) {
                pub *p = &pubs[(first + j) % O.pubs];
                size_t tn = strlen(p->topic);
                while (room && n_sent < limit && pub_can(p) && (!rate_mode || p->owed)) {
                    uint64_t due = now;
                    if (rate_mode) {
                        due = t0 + (uint64_t)((double)((uint64_t)p->seq * (uint64_t)O.pubs + p->idx) * step);
                        p->owed--;
                    }
                    send_publish(p, p->topic, tn, due, false);
                    room--;
                }
            }
            first = (first + 1) % O.pubs;
        }
        run_held(now);
        if (outstanding() > backlog_max) backlog_max = outstanding();
        if (stopped) {
            bool acks_done = !O.qos || n_acked >= n_sent;
            if (acks_done && n_unique >= n_sent * fan) break;
            if (now > t_last_progress && now - t_last_progress > (uint64_t)(O.idle_s * 1e9)) break;
            if (now > t_stopped + (uint64_t)(O.drain_max * 1e9)) { /* still trickling: what is missing may not be lost */
                capped = true;
                break;
            }
        } else if (n_closed > (uint32_t)O.die_subs)
            break;
        else if (!rate_mode && now - t_last_progress > 20ull * 1000000000ull) {
            note("no progress for 20 s, giving up");
            break;
        }
        uint64_t wake = now + 100000000ull;
        if (!stopped && rate_mode) {
            uint64_t d = t0 + (uint64_t)((double)k_next * step);
            if (d < wake) wake = d;
        }
        if (!warm && t_warm < wake) wake = t_warm;
        if (t_die < wake) wake = t_die;
        if (!stopped && t_stop < wake) wake = t_stop;
        if (held_next() < wake) wake = held_next();
        turn(wake > now ? wake - now : 0);
    }
    if (!B.t) {
        B = probe_now(), deliv_b = n_deliv, sent_b = n_sent;
        if (t_last_rx && t_last_rx < B.t) B.t = t_last_rx; /* do not count the idle wait at the end */
    }
    /* Lost: acknowledged (or, at QoS 0, sent) and not processed by everyone who should have it. */
    uint64_t lost = 0;
    for (int i = 0; i < O.pubs; i++)
        for (uint32_t s = 0; s < pubs[i].seq; s++) {
            if (O.qos && !bm_get(&pubs[i].acked, s)) continue;
            if (!each_to_all) lost += !bm_get(&seen[i], s);
            else
                for (int r = 0; r < O.subs; r++) lost += !bm_get(&seen[(size_t)r * (size_t)O.pubs + (size_t)i], s);
        }
    jbegin();
    jint("pubs", O.pubs), jint("subs", O.subs), jint("window", O.window), jint("eff_window", pubs[0].window);
    jint("rxmax", O.rxmax), jint("shared", O.group != NULL), jint("e2e_limit", (int64_t)O.e2e);
    jnum("offered_rate", O.rate), jnum("delay_ms", O.delay_ms);
    if (O.slow_subs) jint("slow_subs", O.slow_subs), jnum("slow_ms", O.slow_ms);
    if (O.die_subs) jint("die_subs", O.die_subs);
    jcpu("", A, B, (double)(deliv_b - deliv_a));
    jnum("pub_rate", (double)(sent_b - sent_a) / ((double)(B.t - A.t) / 1e9));
    jnum("drained_after_s", ((double)t_last_rx - (double)B.t) / 1e9);
    jint("backlog_max", (int64_t)backlog_max);
    jhist("e2e_us", &h_e2e), jhist("ack_us", &h_ack);
    jverdict(lost);
    jint("drain_capped", capped), jint("held_at_end", (int64_t)(hq[0].n + hq[1].n));
    jint("no_subscribers_acks", (int64_t)n_ignored_sub);
    jint("broker_rss_kb", broker_kb("VmRSS:")), jint("broker_hwm_kb", broker_kb("VmHWM:"));
    jend();
}

/* ------------------------------------------------------------------ workload: ramp */

static void settle(void) {
    uint64_t end = now_ns() + (uint64_t)(O.settle * 1e9);
    while (now_ns() < end) turn(50000000ull);
}
static void run_ramp(void) {
    size_t n = (size_t)O.subs, wave = O.wave ? (size_t)O.wave : (size_t)O.fdmax - 300;
    size_t w = n < wave ? n : wave; /* connected at once */
    subs = xalloc(n * sizeof *subs);
    char *filters = O.nosub ? NULL : xalloc(n * 32);
    for (size_t i = 0; i < n; i++) {
        conn *c = &subs[i];
        c->role = 'i', c->idx = (uint32_t)i, c->clean = false, c->expiry = O.expiry, c->fd = -1, c->rxmax = (uint16_t)O.rxmax;
        snprintf(c->id, sizeof c->id, "ml-i-%zu", i);
        if (filters) snprintf(filters + i * 32, 32, "dev/%zu/cmd", i), c->filter = filters + i * 32, c->filter_qos = 1;
    }
    int64_t r0 = broker_kb("VmRSS:"), k0 = tcp_mem_kb();
    probe A = probe_now();
    double secs = connect_all(subs, w, 0, &h_conn);
    probe B = probe_now();
    settle();
    int64_t r1 = broker_kb("VmRSS:"), k1 = tcp_mem_kb();
    jbegin();
    jint("sessions", (int64_t)n), jint("connections", (int64_t)w), jint("alive", n_ready), jint("subscribed", filters != NULL);
    jnum("connect_s", secs), jnum("connect_rate", (double)w / secs), jhist("connect_us", &h_conn);
    jcpu("ramp_", A, B, (double)w);
    jint("rss_before_kb", r0), jint("rss_connected_kb", r1), jnum("rss_per_conn_bytes", (double)(r1 - r0) * 1024 / (double)w);
    jnum("tcp_mem_per_conn_bytes", (double)(k1 - k0) * 1024 / (double)w);
    probe I = probe_now(); /* idle cost: broker CPU while nothing happens */
    uint64_t end = now_ns() + 2000000000ull;
    while (now_ns() < end) turn(100000000ull);
    probe J = probe_now();
    jnum("idle_cpu_share", (J.broker_cpu - I.broker_cpu) / ((double)(J.t - I.t) / 1e9));
    for (size_t base = 0;;) { /* abrupt close: the sessions stay; then the next wave */
        size_t m = n - base < wave ? n - base : wave;
        closing = true;
        for (size_t i = base; i < base + m; i++)
            if (subs[i].fd >= 0) conn_close(&subs[i]);
        settle();
        closing = false;
        if ((base += m) >= n) break;
        m = n - base < wave ? n - base : wave;
        connect_all(subs + base, m, (uint32_t)base, NULL);
    }
    int64_t r2 = broker_kb("VmRSS:");
    jint("rss_offline_kb", r2), jnum("rss_per_offline_session_bytes", (double)(r2 - r0) * 1024 / (double)n);
    if (O.ramp_reconnect) {
        n_closed = 0, n_session_present = 0;
        for (size_t i = 0; i < w; i++) subs[i].filter = NULL, subs[i].state = ST_IDLE;
        probe C = probe_now();
        double s2 = connect_all(subs, w, 0, NULL);
        probe D = probe_now();
        jnum("reconnect_rate", (double)w / s2), jint("sessions_present", n_session_present);
        jcpu("reconnect_", C, D, (double)w);
        settle();
        jint("rss_reconnected_kb", broker_kb("VmRSS:"));
    }
    jint("unexpected_close", n_unexpected_close);
    jend();
    closing = true;
}

/* ------------------------------------------------------------------ workload: backlog */

static void ackfile_write(void) {
    FILE *f = fopen(O.ackfile, "wb");
    if (!f) die("%s: %s", O.ackfile, strerror(errno));
    uint32_t h[3] = {(uint32_t)O.pubs, O.runid, 0};
    fwrite(h, sizeof h, 1, f);
    for (int i = 0; i < O.pubs; i++) {
        uint64_t m[2] = {pubs[i].seq, pubs[i].acked.n};
        fwrite(m, sizeof m, 1, f);
        fwrite(pubs[i].acked.w, 8, pubs[i].acked.n, f);
    }
    fclose(f);
}
static void ackfile_read(void) {
    FILE *f = fopen(O.ackfile, "rb");
    uint32_t h[3];
    if (!f || fread(h, sizeof h, 1, f) != 1) die("%s: cannot read", O.ackfile);
    O.pubs = (int)h[0], O.runid = (uint16_t)h[1];
    pubs = xalloc((size_t)O.pubs * sizeof *pubs);
    for (int i = 0; i < O.pubs; i++) {
        uint64_t m[2];
        if (fread(m, sizeof m, 1, f) != 1) die("%s: short", O.ackfile);
        pubs[i].seq = (uint32_t)m[0];
        pubs[i].acked.n = m[1];
        pubs[i].acked.w = xalloc(m[1] * 8);
        if (fread(pubs[i].acked.w, 8, m[1], f) != m[1]) die("%s: short", O.ackfile);
        for (size_t k = 0; k < m[1]; k++) pubs[i].acked.ones += (uint64_t)__builtin_popcountll(pubs[i].acked.w[k]);
    }
    fclose(f);
}
static void run_backlog(void) {
    size_t K = (size_t)O.sessions;
    if (O.phase == PH_DRAIN) {
        if (!O.ackfile) die("drain alone needs --ackfile");
        ackfile_read();
    }
    seen = xalloc((size_t)O.pubs * sizeof *seen);
    subs = xalloc(K * sizeof *subs);
    char *topics = xalloc(K * 32);
    for (size_t i = 0; i < K; i++) {
        conn *c = &subs[i];
        snprintf(topics + i * 32, 32, "b/%zu", i);
        c->role = 's', c->idx = (uint32_t)i, c->clean = false, c->expiry = O.expiry, c->rxmax = (uint16_t)O.rxmax, c->fd = -1;
        c->filter = O.phase == PH_DRAIN ? NULL : topics + i * 32, c->filter_qos = 1;
        c->last = xalloc((size_t)O.pubs * sizeof *c->last);
        snprintf(c->id, sizeof c->id, "ml-b-%zu", i);
    }
    jbegin();
    jint("sessions", (int64_t)K);
    int64_t r0 = broker_kb("VmRSS:");
    if (O.phase != PH_DRAIN) {
        connect_all(subs, K, 10000, NULL);
        for (size_t i = 0; i < K; i++) send_disconnect(&subs[i]), closing = true, conn_close(&subs[i]);
        settle();
        closing = false, n_closed = 0;
        make_pubs();
        measuring = true;
        uint64_t limit = O.count ? O.count : 1000000, t0 = now_ns();
        t_measure = t_last_progress = t0;
        probe A = probe_now();
        while (n_acked < limit && n_closed < (uint32_t)O.pubs) {
            uint64_t now = now_ns();
            for (int j = 0; j < O.pubs; j++)
                while (n_sent < limit && pub_can(&pubs[j])) {
                    const char *t = topics + ((size_t)pubs[j].seq * (size_t)O.pubs + (size_t)j) % K * 32;
                    send_publish(&pubs[j], t, strlen(t), now, false);
                }
            if (now - t_last_progress > 30ull * 1000000000ull) {
                note("ingest stalled at %" PRIu64, n_acked);
                break;
            }
            turn(100000000ull);
        }
        uint64_t tB = now_ns();
        probe B = probe_now();
        B.t = tB;
        jint("ingested", (int64_t)n_acked), jint("refused", (int64_t)n_nack);
        jcpu("ingest_", A, B, (double)n_acked);
        jhist("ack_us", &h_ack);
        int64_t r1 = broker_kb("VmRSS:");
        jint("rss_before_kb", r0), jint("rss_after_kb", r1);
        jnum("rss_per_msg_bytes", n_acked ? (double)(r1 - r0) * 1024 / (double)n_acked : -1);
        closing = true;
        for (int i = 0; i < O.pubs; i++)
            if (pubconns[i].fd >= 0) conn_close(&pubconns[i]);
        closing = false;
        if (O.ackfile) ackfile_write();
    }
    if (O.phase != PH_INGEST) {
        uint64_t want = 0;
        for (int i = 0; i < O.pubs; i++) want += pubs[i].acked.ones;
        for (size_t i = 0; i < K; i++) subs[i].filter = NULL, subs[i].state = ST_IDLE;
        n_session_present = 0, n_ready = 0, n_unique = 0;
        measuring = false;
        probe A = probe_now();
        connect_all(subs, K, 10000, NULL);
        t_last_progress = now_ns();
        while (n_unique < want && now_ns() - t_last_progress < (uint64_t)(O.idle_s * 1e9) && !n_unexpected_close) turn(100000000ull);
        /* a little longer: surplus (unacknowledged but stored) messages may follow */
        uint64_t end = now_ns() + 500000000ull;
        while (now_ns() < end && !n_unexpected_close) turn(100000000ull);
        probe B = probe_now();
        if (t_last_rx) B.t = t_last_rx;
        uint64_t lost = 0, extra = 0, first_lost = UINT64_MAX, last_lost = 0;
        for (int i = 0; i < O.pubs; i++)
            for (uint32_t s = 0; s < pubs[i].seq; s++) {
                bool a = bm_get(&pubs[i].acked, s), g = bm_get(&seen[i], s);
                if (a && !g) {
                    lost++;
                    if (s < first_lost) first_lost = s;
                    if (s > last_lost) last_lost = s;
                }
                extra += !a && g;
            }
        jint("sessions_present", n_session_present);
        jint("expected", (int64_t)want);
        jcpu("drain_", A, B, (double)n_deliv);
        jint("extra_unacked_delivered", (int64_t)extra);
        if (lost) jint("first_lost_seq", (int64_t)first_lost), jint("last_lost_seq", (int64_t)last_lost);
        jverdict(lost);
        jint("rss_drained_kb", broker_kb("VmRSS:"));
    }
    jend();
    closing = true;
}

/* ------------------------------------------------------------------ workload: retained */

static size_t retained_topic(char *t, uint32_t i) { return (size_t)sprintf(t, "r/%u/%u/state", i / 1000, i % 1000); }

static void run_retained(void) {
    uint64_t M = O.count ? O.count : 100000;
    int64_t r0 = broker_kb("VmRSS:");
    jbegin();
    jint("topics", (int64_t)M);
    O.pubs = 1; /* one publisher: seq is the topic number */
    make_pubs();
    pub *p = &pubs[0];
    probe A = probe_now();
    t_last_progress = now_ns();
    char t[64];
    while ((O.qos ? n_acked : n_sent) < M && !n_unexpected_close) {
        uint64_t now = now_ns();
        while (p->seq < M && pub_can(p)) {
            size_t n = retained_topic(t, p->seq);
            send_publish(p, t, n, now, true);
        }
        if (now - t_last_progress > 30ull * 1000000000ull) {
            note("store stalled");
            break;
        }
        turn(100000000ull);
    }
    probe B = probe_now();
    settle();
    int64_t r1 = broker_kb("VmRSS:");
    jcpu("store_", A, B, (double)n_sent);
    jint("rss_before_kb", r0), jint("rss_after_kb", r1);
    jnum("rss_per_retained_bytes", (double)(r1 - r0) * 1024 / (double)M);
    each_to_all = true;
    O.subs = O.readers;
    seen = xalloc((size_t)O.readers * sizeof *seen);
    subs = xalloc((size_t)O.readers * sizeof *subs);
    for (int i = 0; i < O.readers; i++) {
        conn *c = &subs[i];
        c->role = 's', c->idx = (uint32_t)i, c->clean = true, c->rxmax = (uint16_t)O.rxmax, c->fd = -1;
        c->filter = "r/#", c->filter_qos = O.subqos >= 0 ? O.subqos : 0;
        snprintf(c->id, sizeof c->id, "ml-r-%u-%d", O.runid, i);
    }
    probe C = probe_now();
    uint64_t want = M * (uint64_t)O.readers;
    t_last_progress = now_ns();
    connect_all(subs, (size_t)O.readers, 10000, NULL);
    while (n_unique < want && now_ns() - t_last_progress < (uint64_t)(O.idle_s * 1e9) && !n_unexpected_close) turn(100000000ull);
    probe D = probe_now();
    if (t_last_rx) D.t = t_last_rx;
    jint("readers", O.readers), jint("read_qos", O.subqos >= 0 ? O.subqos : 0);
    jcpu("read_", C, D, (double)n_deliv);
    jnum("first_after_ms", t_first_rx ? (double)(t_first_rx - C.t) / 1e6 : -1);
    jverdict(want - n_unique);
    jint("rss_end_kb", broker_kb("VmRSS:")), jint("broker_hwm_kb", broker_kb("VmHWM:"));
    jend();
    closing = true;
}

/* ------------------------------------------------------------------ main */

static void usage(void) {
    fprintf(stderr,
            "mqttload flow|ramp|backlog|retained [options]\n"
            "  --host 127.0.0.1 --port 1883 --broker-pid PID --label TEXT --payload BYTES --qos 0|1|2 --sub-qos 0|1|2 --tls\n"
            "  flow:     --pubs P --subs S --group G --window W --rxmax R [--count N | --duration S --warmup S]\n"
            "            --rate MSGS_PER_S --e2e-limit K --delay-ms D --slow-subs N --slow-ms D\n"
            "            --die-subs N --die-after S --nobatch --idle S --drain-max S\n"
            "  ramp:     --subs N --burst B --wave W --nosub --settle S --reconnect\n"
            "  backlog:  --pubs P --sessions K --count M --window W --rxmax R --phase ingest|drain|both\n"
            "            --ackfile F --kill9-at N\n"
            "  retained: --count M --readers R --window W --rxmax R\n");
    exit(2);
}
int main(int argc, char **argv) {
    static const struct option lo[] = {
        {"host", 1, 0, 'h'},      {"port", 1, 0, 'p'},      {"broker-pid", 1, 0, 'b'}, {"label", 1, 0, 'l'},     {"payload", 1, 0, 's'},
        {"qos", 1, 0, 'q'},       {"sub-qos", 1, 0, 'Q'},   {"pubs", 1, 0, 'P'},       {"subs", 1, 0, 'S'},      {"group", 1, 0, 'g'},
        {"window", 1, 0, 'W'},    {"rxmax", 1, 0, 'R'},     {"count", 1, 0, 'n'},      {"duration", 1, 0, 'd'},  {"warmup", 1, 0, 'w'},
        {"rate", 1, 0, 'r'},      {"e2e-limit", 1, 0, 'e'}, {"delay-ms", 1, 0, 'D'},   {"slow-subs", 1, 0, 1},   {"slow-ms", 1, 0, 2},
        {"die-subs", 1, 0, 3},    {"die-after", 1, 0, 4},   {"nobatch", 0, 0, 5},      {"idle", 1, 0, 6},        {"burst", 1, 0, 7},
        {"nosub", 0, 0, 8},       {"settle", 1, 0, 9},      {"reconnect", 0, 0, 10},   {"sessions", 1, 0, 11},   {"phase", 1, 0, 12},
        {"ackfile", 1, 0, 13},    {"kill9-at", 1, 0, 14},   {"readers", 1, 0, 15},     {"expiry", 1, 0, 16},     {"quiet", 0, 0, 17},
        {"keepalive", 1, 0, 18},  {"wave", 1, 0, 19},       {"drain-max", 1, 0, 20},  {"persistent", 0, 0, 21},
        {"tls", 0, 0, 22},        {0}};
    if (argc < 2) usage();
    O.mode = argv[1];
    O.runid = (uint16_t)((uint64_t)getpid() * 2654435761u >> 8);
    for (int c; (c = getopt_long(argc - 1, argv + 1, "", lo, NULL)) != -1;) switch (c) {
        case 'h': O.host = optarg; break;
        case 'p': O.port = atoi(optarg); break;
        case 'b': O.broker = atoi(optarg); break;
        case 'l': O.label = optarg; break;
        case 's': O.payload = atoi(optarg); break;
        case 'q': O.qos = atoi(optarg); break;
        case 'Q': O.subqos = atoi(optarg); break;
        case 'P': O.pubs = atoi(optarg); break;
        case 'S': O.subs = atoi(optarg); break;
        case 'g': O.group = optarg; break;
        case 'W': O.window = atoi(optarg); break;
        case 'R': O.rxmax = atoi(optarg); break;
        case 'n': O.count = strtoull(optarg, NULL, 10); break;
        case 'd': O.duration = atof(optarg); break;
        case 'w': O.warmup = atof(optarg); break;
        case 'r': O.rate = atof(optarg); break;
        case 'e': O.e2e = strtoull(optarg, NULL, 10); break;
        case 'D': O.delay_ms = atof(optarg); break;
        case 1: O.slow_subs = atoi(optarg); break;
        case 2: O.slow_ms = atof(optarg); break;
        case 3: O.die_subs = atoi(optarg); break;
        case 4: O.die_after = atof(optarg); break;
        case 5: O.nobatch = true; break;
        case 6: O.idle_s = atof(optarg); break;
        case 7: O.burst = atoi(optarg); break;
        case 8: O.nosub = true; break;
        case 9: O.settle = atof(optarg); break;
        case 10: O.ramp_reconnect = true; break;
        case 11: O.sessions = atoi(optarg); break;
        case 12: O.phase = !strcmp(optarg, "ingest") ? PH_INGEST : !strcmp(optarg, "drain") ? PH_DRAIN : PH_BOTH; break;
        case 13: O.ackfile = optarg; break;
        case 14: O.kill9_at = strtoull(optarg, NULL, 10); break;
        case 15: O.readers = atoi(optarg); break;
        case 16: O.expiry = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 17: O.quiet = true; break;
        case 18: O.keepalive = (uint32_t)atoi(optarg); break;
        case 19: O.wave = atoi(optarg); break;
        case 20: O.drain_max = atof(optarg); break;
        case 21: O.persistent = true; break;
        case 22: O.tls = true; break;
        default: usage();
        }
    if (O.payload < 16 || O.payload > 65536 || O.pubs < 1 || O.pubs > 60000 || O.window < 1 || O.window > 65535 || O.qos > 2 || O.subqos > 2 ||
        O.rxmax < 1 || O.rxmax > 65535)
        die("option out of range");
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1000UL);
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &rl)) note("setrlimit nofile: %s", strerror(errno));
    O.fdmax = rl.rlim_max > 1000000 ? 1000000 : (int)rl.rlim_max;
#ifdef MQTTLOAD_TLS
    if (O.tls) {
        if (!(tls_ctx = SSL_CTX_new(TLS_client_method()))) die("SSL_CTX_new");
        SSL_CTX_set_mode(tls_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set_verify(tls_ctx, SSL_VERIFY_NONE, NULL);
    }
#else
    if (O.tls) die("built without TLS");
#endif
    memset(filler, 'x', sizeof filler);
    if ((ep = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
    if (!strcmp(O.mode, "flow")) {
        if (!O.count && O.duration <= 0) O.duration = 5;
        run_flow();
    } else if (!strcmp(O.mode, "ramp")) run_ramp();
    else if (!strcmp(O.mode, "backlog")) run_backlog();
    else if (!strcmp(O.mode, "retained")) run_retained();
    else usage();
    return 0;
}
