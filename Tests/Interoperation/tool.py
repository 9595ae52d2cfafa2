"""One of mosquitto's clients as a process whose output is read as it comes."""

import queue
import signal
import subprocess
import threading

from broker import LIMIT


class Tool:
    MESSAGE = "> "
    """What `-F` begins with, so that messages can be told from remarks."""

    def __init__(self, command):
        # Line by line: a program that writes to a pipe would gather its output.
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def wait_for_line(self, beginning):
        """The next line that begins so; lines before it are dropped."""
        while True:
            line = self._lines.get(timeout=LIMIT)
            if line is None:
                raise AssertionError(f"it ended before it said '{beginning}'")
            if line.startswith(beginning):
                return line

    def messages(self, count=None):
        """So many messages, or all until the program ends."""
        messages = []
        while len(messages) != count:
            line = self._lines.get(timeout=LIMIT)
            if line is None:
                return messages
            if line.startswith(self.MESSAGE):
                messages.append(line[len(self.MESSAGE) :])
        return messages

    def kill(self):
        """kill -9."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)

    def remove(self):
        self.kill()
        self._reader.join(LIMIT)
        self.process.stdout.close()
