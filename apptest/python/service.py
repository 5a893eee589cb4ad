"""Starts the program that ships and stops it again."""

import os
import queue
import re
import signal
import subprocess
import threading
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = str(PROJECT / "dnd-metrics")
BANNER = re.compile(r"Message Hub\s+(?:nats|tls)://(\S+)")
START_SECONDS = 180
STOP_SECONDS = 60
LATE = "not everything was finished after"


class Service:
    """`./dnd-metrics run`, with data and configuration in `folder`; `address` is where the hub listens.

    `arguments` and `environment` are given to it besides. `with` stops it at the end.
    """

    def __init__(self, folder: Path, config: str = "", listen: str = "127.0.0.1:0", arguments=(), environment=None):
        self.folder = folder
        self.config = config
        self.arguments = list(arguments)
        self.environment = {**os.environ, **(environment or {})}
        self.address = listen
        self.process = None
        self.output = []
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self) -> str:
        return f"nats://{self.address}"

    def start(self) -> None:
        """Starts it; a second time on the port that it had."""
        command = [PROGRAM, "run", "--data", str(self.folder / "data"), "--listen", self.address]
        if self.config:
            config_file = self.folder / "config.yaml"
            config_file.write_text(self.config)
            command += ["--config", str(config_file)]
        command += self.arguments
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment
        )
        found = queue.Queue()
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout, found), daemon=True)
        self.reader.start()
        try:
            address = found.get(timeout=START_SECONDS)
        except queue.Empty:
            self.kill()
            raise AssertionError("the service did not start in time:\n" + "".join(self.output)) from None
        assert address, "the service did not start:\n" + "".join(self.output)
        self.address = address

    def _read(self, stdout, found) -> None:
        for line in stdout:
            self.output.append(line)
            banner = BANNER.search(line)
            if banner:
                found.put(banner.group(1))
        found.put(None)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ends it as an operator would; its exit code, but 0 where it only did not end in time: see `end`."""
        code = self.end()
        late = any(LATE in line for line in self.output)
        return 0 if code == 1 and late else code

    def end(self) -> int:
        """Ends it as an operator would; its exit code.

        That is 1, and it says so, where the machine is so busy that the service is not closed in 4.5 seconds.
        """
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
            self.reader.join(STOP_SECONDS)
            if code:
                print("".join(self.output))
            return code
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the service did not stop:\n" + "".join(self.output))


SECURED = """\
message_hub:
  auth_timeout: 60s
  max_payload: 64KiB
  token: t0ken
  users:
    - user: admin
      password: all-0f-it
    - user: shop
      password: pa$$word
      permissions:
        publish:
          allow: ["shop.>"]
          deny: ["shop.secret"]
        subscribe:
          allow: ["_INBOX.>", "metrics.>", "work workers"]
          deny: ["metrics.secret"]
"""


def tls_files(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, made now."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True)  # fmt: skip
    return cert, key
