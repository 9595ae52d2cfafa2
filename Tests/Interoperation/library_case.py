"""What the tests of the client libraries share."""

from case import BrokerCase
from library_clients import ALL, Settings


class LibraryCase(BrokerCase):
    """A test with clients of one library, which are closed behind it."""

    library = None
    settings = {}
    """What every client of the class connects with."""

    def setUp(self):
        super().setUp()
        self._open = []
        self.addCleanup(self._close)

    def _close(self):
        for client in self._open:
            client.disconnect()

    def make_client(self):
        return ALL[self.library]()

    def client(self, identifier, port=None, **options):
        """A connected client, through a proxy where there is a port."""
        client = self.make_client()
        client.connect(Settings(port or self.broker.port, f"{self.library}-{identifier}", **{**self.settings, **options}))
        self._open.append(client)
        return client

    def leave(self, client, crash=False):
        self._open.remove(client)
        client.crash() if crash else client.disconnect()
