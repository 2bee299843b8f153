"""The stand-in payment company for long runs: its own process, its own WSGI application, no TCP in between.

    python -m tests.torture.company_process FD

It is `sandbox` itself, mounted whole: the very code and API that `make demo` runs behind gunicorn. Only the way a request
gets to it is another (one socket pair, one request at a time), which is several times quicker than HTTP over loopback.
There is no background thread: time passes before every answer, as it does there, and webhooks wait until they are taken.
"""

from __future__ import annotations

import copy
import functools
import importlib
import io
import marshal
import os
import socket
import struct
import sys
from typing import Any

LENGTH = struct.Struct("!I")
# A request is (method, path with query, headers, body); an answer is (status, headers, body). Status 0: it hung up.
type Request = tuple[str, str, dict[str, str], bytes]
type Answer = tuple[int, dict[str, str], bytes]


class HungUp:
    """Stands where gunicorn has its socket: remembers that the company cut the connection."""

    is_cut = False

    def shutdown(self, _how: int) -> None:
        """Cut it."""
        self.is_cut = True


def send(line: socket.socket, message: Request | Answer) -> None:
    """Write one message."""
    data = marshal.dumps(message)
    line.sendall(LENGTH.pack(len(data)) + data)


def receive(line: socket.socket) -> Any:
    """Read one message; raises EOFError when the other side is gone."""
    (length,) = LENGTH.unpack(_read(line, LENGTH.size))
    return marshal.loads(_read(line, length))  # noqa: S302  # our own child or parent


def _read(line: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = line.recv(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def answer(application: Any, request: Request) -> Answer:
    """Call the WSGI application as a server would."""
    method, target, headers, body = request
    path, _, query = target.partition("?")
    cut = HungUp()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "gunicorn.socket": cut,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    told: dict[str, Any] = {}

    def start_response(status: str, response_headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        told["status"], told["headers"] = int(status.split(maxsplit=1)[0]), dict(response_headers)

    response = application(environ, start_response)
    try:
        content = b"".join(response)
    finally:
        if hasattr(response, "close"):
            response.close()
    return (0, {}, b"") if cut.is_cut else (told["status"], told["headers"], content)


def _remember_switches() -> None:
    """Keep the row of switches, which is read several times in every request; forget it when it is written or deleted.

    Good only here, where one process alone has the books.
    """
    from django.db.models.signals import post_delete, post_save  # the settings are named only now

    # By name: the shop's settings, with which the types are checked, do not know the company's models.
    switches = importlib.import_module("sandbox.ground.switches")
    read = functools.cache(switches.current)
    vars(switches)["current"] = lambda: copy.copy(read())

    def forget(**_: object) -> None:
        read.cache_clear()

    for signal in (post_save, post_delete):
        signal.connect(forget, sender=switches.Switches, weak=False)


def main(descriptor: int) -> None:
    """Answer until the other side is gone."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    from django.core.management import call_command  # the settings are named only now
    from django.core.wsgi import get_wsgi_application  # same

    application = get_wsgi_application()
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    _remember_switches()
    with socket.socket(fileno=descriptor) as line:
        send(line, (200, {}, b"ready"))
        while True:
            try:
                request = receive(line)
            except (EOFError, ConnectionError):
                return
            send(line, answer(application, request))


if __name__ == "__main__":
    main(int(sys.argv[1]))
