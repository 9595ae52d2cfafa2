"""Joins the group `$share/group/work/#`, takes messages and acknowledges none: `holding_member.py PORT IDENTIFIER WINDOW`.

It ends by being killed, or by SIGTERM, which closes its connection for good.
"""

import signal
import sys
import threading

from peer import Peer

port, identifier, window = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
peer = Peer(port, identifier)
peer.hold = threading.Event()
peer.connect(ReceiveMaximum=window)
peer.subscribe("$share/group/work/#")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("joined", flush=True)
peer.receive()
print("holds one", flush=True)
while True:
    signal.pause()
