"""A stand-in for object storage that speaks S3: as much of it as keeping pictures and backups takes, with versions.

It compares the SHA-256 of every body with what the request's signature covers, as a real one does, and it can be told to
refuse, to break off, and to forbid.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@dataclass
class Version:
    """One version of an object; without content, the mark that it was deleted."""

    id: str
    at: datetime
    content: bytes | None
    headers: dict[str, str]


@dataclass
class Storage:
    """What is in it, and how it behaves."""

    address: str = ""
    versions: dict[str, list[Version]] = field(default_factory=dict)  # "/bucket/key" -> oldest first
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)  # upload id -> pieces
    forbidden: set[str] = field(default_factory=set)  # methods that the key has no right to
    break_off_after: int | None = None  # bytes of the next answer
    refuse_pieces: bool = False
    asked: list[str] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def put(self, path: str, content: bytes | None, headers: dict[str, str] | None = None) -> Version:
        """Add a version of an object."""
        kept = self.versions.setdefault(path, [])
        kept.append(Version(f"v{len(kept)}", self.now, content, headers or {}))
        return kept[-1]

    def get(self, path: str, version: str = "") -> bytes | None:
        """Return what counts, or one version."""
        kept = [each for each in self.versions.get(path, []) if version in {"", each.id}]
        return kept[-1].content if kept else None

    @property
    def kept(self) -> dict[str, bytes]:
        """All that is there now."""
        return {path: content for path in self.versions if (content := self.get(path)) is not None}


@contextmanager
def object_storage() -> Iterator[Storage]:
    """Run a storage of its own, in this process."""
    storage = Storage()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"storage": storage}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    storage.address = f"http://127.0.0.1:{server.server_port}"
    yield storage
    server.shutdown()
    server.server_close()


def serve(port: int) -> None:
    """Run a storage by itself, for whoever can reach this machine: `python object_storage.py PORT` in a container."""
    ThreadingHTTPServer(("0.0.0.0", port), type("Handler", (_Handler,), {"storage": Storage()})).serve_forever()  # noqa: S104


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage: Storage

    @property
    def asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        return unquote(parts.path), {
            name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
        }

    def is_refused(self) -> bool:
        self.storage.asked.append(f"{self.command} {self.path}")
        if self.command in self.storage.forbidden:
            self.refuse(403, "AccessDenied")
            return True
        return False

    def do_HEAD(self) -> None:
        if not self.is_refused():
            self.answer(404 if self.storage.get(self.asked[0]) is None else 200)

    def do_GET(self) -> None:
        path, query = self.asked
        if self.is_refused():
            return
        if "/" not in path.strip("/"):
            self.answer(200, self.listing(path.strip("/"), query).encode())
            return
        content = self.storage.get(path, query.get("versionId", ""))
        if content is None:
            self.refuse(404, "NoSuchKey")
        elif given := self.headers.get("Range"):
            self.answer(206, content[int(given.removeprefix("bytes=").rstrip("-")) :])
        else:
            self.answer(200, content)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        path, query = self.asked
        if self.is_refused():
            return
        if hashlib.sha256(content).hexdigest() != self.headers["x-amz-content-sha256"]:
            self.refuse(400, "XAmzContentSHA256Mismatch")
        elif upload := query.get("uploadId"):
            if self.storage.refuse_pieces and query["partNumber"] != "1":
                self.refuse(403, "AccessDenied")
                return
            self.storage.uploads[upload][int(query["partNumber"])] = content
            self.answer(200, headers={"ETag": _etag(content)})
        else:
            self.storage.put(path, content, {name.lower(): value for name, value in self.headers.items()})
            self.answer(200, headers={"ETag": _etag(content)})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, query = self.asked
        if self.is_refused():
            return
        if "uploads" in query:
            upload = f"u{len(self.storage.uploads)}{path}"
            self.storage.uploads[upload] = {}
            told = f"<InitiateMultipartUploadResult><UploadId>{escape(upload)}</UploadId></InitiateMultipartUploadResult>"
            self.answer(200, told.encode())
        else:
            pieces = self.storage.uploads.pop(query["uploadId"])
            content = b"".join(piece for _, piece in sorted(pieces.items()))
            self.storage.put(path, content)
            self.answer(
                200, f"<CompleteMultipartUploadResult><ETag>{_etag(content)}</ETag></CompleteMultipartUploadResult>".encode()
            )

    def do_DELETE(self) -> None:
        path, query = self.asked
        if self.is_refused():
            return
        if upload := query.get("uploadId"):
            self.storage.uploads.pop(upload, None)
        elif self.storage.get(path) is not None:
            self.storage.put(path, None)
        self.answer(204)

    def listing(self, bucket: str, query: dict[str, str]) -> str:
        start, cut = f"/{bucket}/{query.get('prefix', '')}", len(f"/{bucket}/")
        below = [(path, kept) for path, kept in sorted(self.storage.versions.items()) if path.startswith(start)]
        said = ""
        if "uploads" in query:
            for upload in self.storage.uploads:
                key = upload.partition(f"/{bucket}/")[2]
                said += f"<Upload><Key>{escape(key)}</Key><UploadId>{escape(upload)}</UploadId><Initiated>{_moment(self.storage.now)}</Initiated></Upload>"
            return f"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>{said}</ListMultipartUploadsResult>"
        if "versions" in query:
            for path, kept in below:
                for each in reversed(kept):
                    tag = "DeleteMarker" if each.content is None else "Version"
                    etag = "" if each.content is None else f"<ETag>{escape(_etag(each.content))}</ETag>"
                    said += f"<{tag}><Key>{escape(path[cut:])}</Key><VersionId>{each.id}</VersionId><LastModified>{_moment(each.at)}</LastModified>{etag}</{tag}>"
            return f"<ListVersionsResult><IsTruncated>false</IsTruncated>{said}</ListVersionsResult>"
        folders: set[str] = set()
        for path, kept in below:
            content, rest = kept[-1].content, path[len(start) :]
            if content is None:
                continue
            if (mark := query.get("delimiter")) and mark in rest:
                folders.add(path[cut : len(path) - len(rest)] + rest.partition(mark)[0] + mark)
                continue
            said += f"<Contents><Key>{escape(path[cut:])}</Key><LastModified>{_moment(kept[-1].at)}</LastModified>"
            said += f"<ETag>{escape(_etag(content))}</ETag><Size>{len(content)}</Size></Contents>"
        said += "".join(f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in sorted(folders))
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{said}</ListBucketResult>"

    def refuse(self, status: int, code: str) -> None:
        self.answer(status, f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode())

    def answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        limit = self.storage.break_off_after
        if limit is not None and self.command == "GET" and len(content) > limit:
            self.storage.break_off_after = None
            self.wfile.write(content[:limit])
            self.close_connection = True
            return
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    serve(int(sys.argv[1]))
