"""A broker of ours that reads its configuration from a file."""

import os

from broker import Broker


class ConfiguredBroker(Broker):
    """`configure(folder, port)` gives the text of the file: YAML, with a listener on the port."""

    def __init__(self, configure):
        self.configure = configure
        super().__init__()

    @property
    def config_path(self):
        return os.path.join(self.folder, "broker.yaml")

    def command(self):
        self.write()
        return [os.environ["MARTLET"], "broker", "--config", self.config_path]

    def write(self):
        with open(self.config_path, "w") as file:
            file.write(self.configure(self.folder, self.port))
