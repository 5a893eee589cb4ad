"""A real S3 server, and a proxy before it that can hold an upload in its middle."""

import os
import socket
import subprocess
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from patience import PATIENCE_SECONDS, until

from service import PROJECT

ACCESS_KEY = "test-access-key"
SECRET_KEY = "test-secret-key"
BUCKET = "metrics"


def _program() -> str:
    """Versity's gateway, which Go builds once."""
    built = subprocess.run([PROJECT / "apptest/tool", "versitygw"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return built.stdout.strip()


class S3Server:
    """Versity's gateway over a folder, with an empty bucket; `files` is where its objects are."""

    environment = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

    def __init__(self, folder: Path):
        self.files = folder / "s3" / BUCKET
        self.files.mkdir(parents=True)
        self.attributes = folder / "attributes"
        self.attributes.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        """Starts it; a second time with the objects and on the port that it had."""
        self.process = subprocess.Popen(
            [_program(), "--quiet", "--port", f"127.0.0.1:{self.port}", "posix", "--sidecar", self.attributes,
             self.files.parent],
            env={**os.environ, "ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        until(self._listens, "the S3 server does not listen")

    def _listens(self) -> bool:
        assert self.process.poll() is None, "the S3 server ended"
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    def address(self, port: int | None = None) -> str:
        return f"s3://{BUCKET}?endpoint=http://127.0.0.1:{port or self.port}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class HoldingProxy:
    """Passes requests on to an S3 server, and notes them as `(method, object, bytes of the answer)`.

    Of the object for which `hold` says yes it passes half on, sets `held`, and does not go on.
    """

    def __init__(self, server: S3Server, hold=lambda name: False):
        self.requests = []
        self.held = threading.Event()
        self.held_object = None
        self._given_up = threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments):
                """Nobody reads it."""

            def answer(self):
                proxy._answer(self, server.port, hold)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = answer

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def _answer(self, request, port, hold):
        name = request.path.split("?")[0].removeprefix(f"/{BUCKET}/")
        length = int(request.headers.get("Content-Length", 0))
        if request.headers.get("Expect"):
            request.send_response_only(100)
            request.end_headers()
        upstream = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        upstream.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
        for header, value in request.headers.items():
            if header.lower() != "expect":
                upstream.putheader(header, value)
        upstream.endheaders()
        if request.command == "PUT" and not self.held.is_set() and hold(name):
            upstream.send(request.rfile.read(length // 2))
            self.held_object = name
            self.held.set()
            self._given_up.wait()
            upstream.close()
            request.close_connection = True
            return
        if length:
            upstream.send(request.rfile.read(length))
        answer = upstream.getresponse()
        body = answer.read()
        self.requests.append((request.command, name, len(body)))
        request.send_response_only(answer.status)
        for header, value in answer.getheaders():
            if header.lower() not in ("transfer-encoding", "connection", "content-length"):
                request.send_header(header, value)
        size = answer.getheader("Content-Length") if request.command == "HEAD" else str(len(body))
        request.send_header("Content-Length", size or "0")
        request.end_headers()
        request.wfile.write(body)
        upstream.close()

    def give_up(self) -> None:
        """Breaks off what is held."""
        self._given_up.set()

    def stop(self) -> None:
        self.give_up()
        self.http.shutdown()
        self.http.server_close()
