import MartletBroker

/// The keys of the broker's file: read by this table, and its schema is made from it.
extension BrokerFile {
    /// The whole file.
    static var table: FileSection<BrokerFile> {
        var section = FileSection<BrokerFile>()
        section.key("bind", "The address to listen on, where there are no listeners (127.0.0.1)", .text, \.bind)
        section.key("port", "The port to listen on, where there are no listeners (1883)", .integer(0...65_535), \.port)
        section.key("data", "The folder that keeps what must not be lost", .text, \.data)
        section.key("inMemory", "Keep nothing: what is not delivered is lost when the broker ends", .toggle, \.inMemory)
        section.key("logLevel", "Log from this level up (info)", .choice, \.logLevel)
        section.key("limits", "What clients may use", limits, \.limits)
        section.key("acceptDataLoss", "Start although data is damaged: it is set aside", .toggle, \.acceptDataLoss)
        section.key(
            "allowAnonymous",
            "Let clients from beyond this machine in without authentication, where there are no listeners",
            .toggle,
            \.allowAnonymous
        )
        section.key(
            "memoryOnlyState",
            "Beginnings of keys of the state store that are kept in memory only",
            .list(.text),
            \.memoryOnlyState
        )
        section.key(
            "systemTopicInterval",
            "Time between two reports to $SYS (10s; 0s for none)",
            .duration,
            \.systemTopicInterval
        )
        section.key("stopDeadline", "The longest that a graceful stop takes (10s)", .duration, \.stopDeadline)
        section.key(
            "redirection",
            "Send clients to other servers in place of serving them",
            .section(redirection) { .init() },
            \.redirection
        )
        section.key(
            "responseTopicPrefix",
            "What topics for responses begin with that clients are given (clients)",
            .text,
            \.responseTopicPrefix
        )
        section.key(
            "checkPayloadFormat",
            "Refuse payloads that are said to be text and are not UTF-8",
            .toggle,
            \.checkPayloadFormat
        )
        section.key(
            "networkLoops",
            "Threads for sockets, beside the engine's (0: the engine's does it)",
            .integer(BrokerConfiguration.allowedNetworkLoops),
            \.networkLoops
        )
        section.key("listeners", "Where the broker listens", .list(.section(listener) { .unnamed }), \.listeners)
        section.key(
            "authentication",
            "How clients prove who they are, where a listener says nothing",
            chain,
            \.authentication
        )
        section.key(
            "access",
            "Rules that allow; what none allows is refused",
            .list(.section(rule) { .init() }),
            \.access
        )
        section.key("admin", "The admin API: metrics, health, martlet inspect", .section(admin) { .init() }, \.admin)
        return section
    }

    private static var redirection: FileSection<BrokerRedirection> {
        var section = FileSection<BrokerRedirection>()
        section.key("reference", "The servers to use, host:port, several with spaces between", .text, \.reference)
        section.key("permanent", "Whether clients shall remember it", .toggle, \.isPermanent)
        return section
    }

    private static var admin: FileSection<BrokerFileAdmin> {
        var section = FileSection<BrokerFileAdmin>()
        section.key("bind", "The address to listen on (127.0.0.1)", .text, \.bind)
        section.key("port", "The port to listen on; 0 for any free one (9883)", .integer(0...65_535), \.port)
        section.key(
            "authentication",
            "How operators prove who they are (passwords, tokens and hooks of clients)",
            chain,
            \.authentication
        )
        section.key("readers", "The groups whose members may look (admin-read)", .list(.text)) {
            $0.readers = Set($1)
        }
        section.key("writers", "The groups whose members may do everything (admin)", .list(.text)) {
            $0.writers = Set($1)
        }
        return section
    }

    private static var limits: FileValue<[(name: String, value: String)]> {
        var section = FileSection<[(name: String, value: String)]>()
        for row in LimitTable.summaries {
            section.key(row.name, row.summary, .integer(1...Int.max)) { limits, value in
                limits.append((row.name, String(value)))
            }
        }
        return .section(section) { [] }
    }

    // MARK: Listeners

    private static var listener: FileSection<BrokerListener> {
        var section = FileSection<BrokerListener>()
        section.key("name", "What it is called in logs and metrics", .text, \.name, isRequired: true)
        section.key("bind", "The address to listen on (127.0.0.1)", .text) { listener, host in
            guard case .tcp(_, let port) = listener.address else { return }
            listener.address = .tcp(host: host, port: port)
        }
        section.key("port", "The port to listen on; 0 for any free one", .integer(0...65_535)) { listener, port in
            guard case .tcp(let host, _) = listener.address else { return }
            listener.address = .tcp(host: host, port: port)
        }
        section.key("unix", "The path of a Unix domain socket, in place of bind and port", unixSocket) {
            listener,
            socket in
            listener.address = .unixSocket(path: socket.path, mode: socket.mode)
        }
        section.key("tls", "TLS 1.2 and 1.3", .section(tls) { .init(certificateChain: "", privateKey: "") }, \.tls)
        section.key("webSocket", "WebSocket in place of plain MQTT", .section(webSocket) { .init() }, \.webSocket)
        section.key(
            "trustedProxies",
            "Addresses and networks of the proxies before it, which send PROXY protocol v2",
            .list(.text),
            \.trustedProxies
        )
        section.key("authentication", "How its clients prove who they are", chain, \.authentication)
        section.key(
            "allowAnonymous",
            "Let clients from beyond this machine in without authentication",
            .toggle,
            \.allowsAnonymous
        )
        section.key(
            "connections",
            "Connections at one time; one more is closed",
            .integer(1...Int.max),
            \.limits.connections
        )
        section.key(
            "handshakeDeadline",
            "How long TLS, WebSocket and the PROXY header together may take (10s)",
            .duration,
            \.limits.handshakeDeadline
        )
        return section
    }

    private struct UnixSocket {
        var path = ""
        var mode: UInt16 = 0o660
    }

    private static var unixSocket: FileValue<UnixSocket> {
        var section = FileSection<UnixSocket>()
        section.key("path", "The path of its file", .text, \.path, isRequired: true)
        section.key("mode", "The permissions of its file (\"0660\")", .mode, \.mode)
        return .section(section) { UnixSocket() }
    }

    private static var tls: FileSection<BrokerListenerTLS> {
        var section = FileSection<BrokerListenerTLS>()
        section.key(
            "certificate",
            "The file of the server's certificate and those up to its authority, in PEM",
            .text,
            \.certificateChain,
            isRequired: true
        )
        section.key("key", "The file of the private key, in PEM", .text, \.privateKey, isRequired: true)
        section.key("minimumVersion", "The oldest version that is spoken (1.2)", .choice, \.minimumVersion)
        section.key(
            "clientCertificates",
            "Whether clients are asked for certificates (none)",
            .choice,
            \.clientCertificates
        )
        section.key(
            "clientAuthorities",
            "The file of the authorities of clients' certificates, in PEM",
            .text,
            \.clientAuthorities
        )
        return section
    }

    private static var webSocket: FileSection<BrokerListenerWebSocket> {
        var section = FileSection<BrokerListenerWebSocket>()
        section.key("path", "The path of the request (/mqtt)", .text, \.path)
        section.key("allowedOrigins", "The origins whose pages may connect; * for any", .list(.text), \.allowedOrigins)
        section.key(
            "maximumFrameSize",
            "Bytes of one frame; past it the connection is closed",
            .integer(1...Int(UInt32.max)),
            \.maximumFrameSize
        )
        section.key(
            "maximumFragments",
            "Frames of one message; past it the connection is closed",
            .integer(1...Int(Int32.max)),
            \.maximumFragments
        )
        return section
    }
}

extension BrokerListener {
    /// What a listener of the file is before it was read.
    fileprivate static var unnamed: BrokerListener {
        BrokerListener(name: "", address: .tcp(host: "127.0.0.1", port: 1883))
    }
}
