"""Start the payment company for a long run, and lead the shop's own gateway adapters to it."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest import mock
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from tests.sandbox.process import API_KEY, PROJECT, WEBHOOK_SECRET, Json, RunningSandbox, SandboxRefusedError, _environment
from tests.torture.company_process import receive, send

# Nobody answers there: what goes to this address is handed over by `Company`.
URL = "http://company.invalid"


@dataclass
class Company(RunningSandbox):
    """A payment company at the other end of a socket pair. Used as any other sandbox is."""

    line: socket.socket = field(repr=False, kw_only=True)
    # Where to set the clock before the next request: nothing is seen of the time that passes before somebody asks. A process
    # that will be killed is not lazy, as what it has not told would be lost.
    is_lazy: bool = field(default=True, kw_only=True)
    _clock: float | None = field(default=None, init=False, repr=False)

    def travel(self, seconds: float) -> None:
        """As `RunningSandbox.travel`, but told with the next request."""
        if self.is_lazy:
            self._clock = seconds
        else:
            super().travel(seconds)

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """One request; status 0 means that it hung up."""
        if self._clock is not None:
            seconds, self._clock = self._clock, None
            super().travel(seconds)
        send(self.line, (method, target, headers, body))
        status, told, content = receive(self.line)
        return status, told, content

    def control(self, name: str, given: Json | None = None) -> Json:
        """One call of the control API."""
        status, _, content = self.ask(
            "GET" if given is None else "POST",
            f"/control/api/{name}",
            {"Content-Type": "application/json"},
            b"" if given is None else json.dumps(given).encode(),
        )
        answer: Json = json.loads(content)
        if status != 200:
            raise SandboxRefusedError(answer.get("error", f"status {status}"))
        return answer

    def stop(self) -> None:
        """End the process."""
        self.line.close()
        super().stop()


@contextmanager
def open_company(*, is_lazy: bool = True) -> Iterator[Company]:
    """Start it, with its books in memory (a file system that is one)."""
    ram = Path("/dev/shm")  # noqa: S108  # not a secret, and gone at the end
    with tempfile.TemporaryDirectory(prefix="ringback-company-", dir=ram if ram.is_dir() else None) as folder:
        ours, theirs = socket.socketpair()
        database = Path(folder) / "sandbox.sqlite3"
        environment = _environment(database=database, url=URL, webhook_url="http://shop.invalid/webhooks/stripe/")
        with (Path(folder) / "sandbox.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.company_process", str(theirs.fileno())],
                cwd=PROJECT,
                env=environment,
                pass_fds=[theirs.fileno()],
                stderr=log,
            )
        theirs.close()
        company = Company(
            url=URL,
            api_key=API_KEY,
            webhook_secret=WEBHOOK_SECRET,
            database=database,
            log=Path(folder) / "sandbox.log",
            webhook_url="http://shop.invalid/webhooks/stripe/",
            process=process,
            line=ours,
            is_lazy=is_lazy,
        )
        try:
            receive(ours)
            with _connected(company):
                yield company
        finally:
            company.stop()


@contextmanager
def _connected(company: Company) -> Iterator[None]:
    """Hand what `requests` would send to the company's address over the line instead."""
    over_the_network = HTTPAdapter.send

    def carry(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if not (request.url or "").startswith(URL):
            return over_the_network(adapter, request, *args, **kwargs)
        parts = urlsplit(request.url or "")
        body = request.body or b""
        status, headers, content = company.ask(
            request.method or "GET",
            str(parts.path) + (f"?{parts.query}" if parts.query else ""),
            {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()},
            body.encode() if isinstance(body, str) else cast("bytes", body),
        )
        if status == 0:
            raise requests.ConnectionError("the company hung up", request=request)
        raw = HTTPResponse(io.BytesIO(content), headers=headers, status=status, preload_content=False)
        return adapter.build_response(request, raw)

    with mock.patch.object(HTTPAdapter, "send", carry):
        yield
