"""The server itself: sockets, threads, the plan of failures, and the record of what was asked."""

from __future__ import annotations

import gzip
import socket
from collections import deque
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self, cast

from tests.server import faults
from tests.server.contract import answer_to
from tests.server.exchange import SILENCE, Answer, Request, Wire
from tests.server.limiter import Limiter
from tests.server.world import World, default_world

if TYPE_CHECKING:
    from types import TracebackType

    from tests.server.faults import Fault


class LoopbackServer:
    """Neuronpedia on 127.0.0.1.

    Attributes
    ----------
    url : str
    world : World
        What it has; a test may add rows to it.
    limiter : Limiter
        The limits of the hosted service; a test may lower them.
    requests : list of Request
        What was asked, in the order of arrival.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or default_world()
        self.limiter = Limiter()
        self.requests: list[Request] = []
        self._planned: deque[Fault] = deque()
        self._always: Fault | None = None
        self._lock = Lock()
        self._port = 0
        self._http: _Http | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def n_connections(self) -> int:
        """How many connections were accepted since the start."""
        return self._http.n_connections if self._http else 0

    def fail(self, *faults: Fault) -> None:
        """Let the next requests fail, one for each fault, in this order; then all is well again."""
        with self._lock:
            self._planned.extend(faults)

    def always(self, fault: Fault | None) -> None:
        """Let every request fail, until this is called with None."""
        self._always = fault

    def start(self) -> None:
        """Listen; after a stop, on the same port again."""
        self._http = _Http(self, self._port)
        self._port = self._http.server_address[1]
        self._http.run()

    def stop(self) -> None:
        """Go away: what is under way is cut, new connections are refused."""
        if self._http:
            self._http.end()
        self._http = None

    def respond(self, request: Request) -> tuple[Answer, Fault | None]:
        """Record a request and find its answer, and the fault that is planned for it."""
        with self._lock:
            self.requests.append(request)
            fault = self._planned.popleft() if self._planned else self._always
        refusal, remaining = self.limiter.take(request.path)
        told = {} if remaining is None else {"x-limit-remaining": str(remaining)}
        # The limiter hands what is left to the routes in the same header, and some say it in their answer too.
        answer = refusal or answer_to(replace(request, headers={**request.headers, **told}), self.world)
        if answer.status == 200:
            answer = replace(answer, headers={**answer.headers, **told})
        return answer, fault

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, owner: LoopbackServer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.owner = owner
        self.closing = Event()
        self.n_connections = 0
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.01,))

    def run(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()  # joins the threads of all connections

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        with self._guard:
            self.n_connections += 1
            self._open.add(cast("socket.socket", request))
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        with self._guard:
            self._open.discard(cast("socket.socket", request))
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: a client that goes away in mid-answer is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def _exchange(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        answer, fault = self.server.owner.respond(request)
        wire = Wire(self.connection, request, answer, self.server.closing)
        if fault is None and answer.events is not None:
            faults.Events(kept=True).strike(wire)
        elif fault is None and answer is not SILENCE:
            self._send(answer)
        else:
            self.close_connection = True
            (fault or faults.NoResponse()).strike(wire)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _exchange  # noqa: N815 (the base class's names)

    def _send(self, answer: Answer) -> None:
        """Send as Next.js does: in chunks, compressed for those who say that they understand it."""
        self.send_response(answer.status)
        body = answer.body
        packed = bool(body) and "gzip" in self.headers.get("accept-encoding", "")
        headers = {"Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding", **answer.headers}
        if answer.content_type:
            headers["content-type"] = answer.content_type
        if packed:
            headers["content-encoding"] = "gzip"
            body = gzip.compress(body, 1)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), 1 << 14):
            piece = body[start : start + (1 << 14)]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the base class's name)
        """Keep quiet."""
