"""Backups in object storage that speaks S3 (`settings.BACKUP_BUCKET`): as much of a folder as backups ask for.

What is sent was written and read back on this machine before; every request carries its SHA-256, and the storage refuses
what arrived otherwise. An object appears when all its pieces are there, and the manifest is sent last: what has none is no
backup. Nothing is ever written over, and the shop's key needs no right to delete for good.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
_PIECE: Final = 16 << 20  # bytes: a larger file goes in pieces, each sent again by itself when it is lost
_TRIES: Final = 3  # to go on reading where a connection broke off
# What a killed run left behind is no backup, and nobody waits for it any more.
_LEFT_AFTER: Final = timedelta(days=1)
_NOT_THERE: Final = {"404", "NoSuchKey", "NotFound"}
_NOT_ALLOWED: Final = {"403", "AccessDenied", "AccessForbidden"}


class UnableToReachBucket(OSError):
    """The storage didn't do what was asked of it. Says what it answered."""


class NotAllowedInBucket(UnableToReachBucket):
    """The shop's key may not do that there."""


@dataclass(frozen=True)
class Stored:
    """One object: its name below the prefix, a tag that changes with its content, and when it was put there."""

    key: str
    tag: str
    at: datetime
    version: str = ""  # if an older one is asked for


def is_in_use() -> bool:
    """Say whether backups go to a bucket."""
    return bool(settings.BACKUP_BUCKET)


@dataclass(frozen=True)
class BucketPath:
    """A name in the bucket, used like a `Path`. An empty key is all of the shop's part of it."""

    key: str = ""

    def __truediv__(self, name: str) -> BucketPath:
        """Return the name below this one."""
        return BucketPath(f"{self.key}/{name}" if self.key else name)

    def __str__(self) -> str:
        """Return the address as tools for S3 take it."""
        return f"s3://{settings.BACKUP_BUCKET}/{self.full_key}".rstrip("/")

    @property
    def full_key(self) -> str:
        """Its name in the bucket, with the shop's prefix."""
        prefix = settings.BACKUP_PREFIX.strip("/")
        return f"{prefix}/{self.key}" if prefix else self.key

    @property
    def name(self) -> str:
        """The last part of its name."""
        return PurePosixPath(self.key).name

    @property
    def parent(self) -> BucketPath:
        """The name above."""
        above = str(PurePosixPath(self.key).parent)
        return BucketPath("" if above == "." else above)

    def open(self, mode: str = "rb", buffering: int = 1 << 18) -> BinaryIO:
        """Read the object as a stream. Raises `FileNotFoundError` and `UnableToReachBucket`."""
        if mode != "rb":
            raise ValueError(mode)
        return cast("BinaryIO", io.BufferedReader(_Object(self), buffering))

    def read_text(self) -> str:
        """Return the content of a small object. Raises as `open` does, and `ValueError` if it is no text."""
        with self.open() as content:
            return content.read().decode()

    def send(self, source: Path) -> None:
        """Put a file there. Raises `UnableToReachBucket`, and `OSError` if the file can't be read."""
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - it is heavy, and most shops' backups are in a folder

        whole = TransferConfig(multipart_threshold=_PIECE, multipart_chunksize=_PIECE, use_threads=False)
        with _told(self):
            _client().upload_file(str(source), settings.BACKUP_BUCKET, self.full_key, Config=whole)

    def unlink(self) -> None:
        """Delete the object, if it is there. Raises `NotAllowedInBucket` if the shop's key may not."""
        with _told(self):
            _client().delete_object(Bucket=settings.BACKUP_BUCKET, Key=self.full_key)


type Place = Path | BucketPath


class _Object(io.RawIOBase):
    """An object being read. Where the connection breaks off it goes on from there."""

    def __init__(self, path: BucketPath) -> None:
        super().__init__()
        self._path, self._position = path, 0
        self._body: Any = None
        self._which = {"VersionId": _version_of(path)} if settings.BACKUP_AS_OF else {}
        self._body = self._get({})

    def _get(self, part: dict[str, str]) -> Any:
        with _told(self._path):
            key = self._path.full_key
            return _client().get_object(Bucket=settings.BACKUP_BUCKET, Key=key, **self._which, **part)["Body"]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        for left in reversed(range(_TRIES)):
            try:
                with _told(self._path):
                    data = self._body.read(len(buffer))
                break
            except UnableToReachBucket:
                if not left:
                    raise
                self._body = self._get({"Range": f"bytes={self._position}-"})
        self._position += len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
        super().close()


def objects_below(path: BucketPath, *, start: str = "") -> Iterator[Stored]:
    """Yield what is below a name, in order; with `start`, only what begins so there. Raises `UnableToReachBucket`."""
    whole, above = (path / start).full_key if path.key or start else path.full_key, BucketPath().full_key
    pages = _client().get_paginator("list_object_versions" if settings.BACKUP_AS_OF else "list_objects_v2")
    with _told(path):
        found = pages.paginate(Bucket=settings.BACKUP_BUCKET, Prefix=whole)
        for each in _of_then(found) if settings.BACKUP_AS_OF else found.search("Contents[]"):
            if each:  # an empty page has None
                yield Stored(each["Key"][len(above) :], each["ETag"], each["LastModified"], each.get("VersionId", ""))


def _of_then(pages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the version of each object that counted at `settings.BACKUP_AS_OF`, for a storage that keeps them all.

    Whoever deletes an object there only puts a mark above it, and whoever writes over it a newer version.
    """
    newest: dict[str, dict[str, Any]] = {}
    for page in pages:
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:  # the newest of each first
            was = newest.get(each["Key"])
            if each["LastModified"] <= settings.BACKUP_AS_OF and (was is None or was["LastModified"] < each["LastModified"]):
                newest[each["Key"]] = each
    return [each for _, each in sorted(newest.items()) if "ETag" in each]


def _version_of(path: BucketPath) -> str:
    for each in objects_below(path.parent, start=path.name):
        if each.key == path.key:
            return each.version
    raise FileNotFoundError(f"{path} was not there then")


def clear_away(unfinished: list[Stored], *, now: datetime) -> None:
    """Delete what runs that were killed left behind: objects without a manifest, and pieces of objects.

    Raises `NotAllowedInBucket` if the shop's key may not.
    """
    for left in unfinished:
        if now - left.at > _LEFT_AFTER:
            BucketPath(left.key).unlink()
    prefix = BucketPath().full_key
    with _told(BucketPath()):
        for page in _client().get_paginator("list_multipart_uploads").paginate(Bucket=settings.BACKUP_BUCKET, Prefix=prefix):
            for begun in page.get("Uploads", []):
                if now - begun["Initiated"] > _LEFT_AFTER:
                    which = {"Key": begun["Key"], "UploadId": begun["UploadId"]}
                    _client().abort_multipart_upload(Bucket=settings.BACKUP_BUCKET, **which)


@contextmanager
def _told(path: BucketPath) -> Iterator[None]:
    """Tell what the storage refused in words of our own. Raises `FileNotFoundError` and `UnableToReachBucket`."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - as in `send`
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - same

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "?"))
        if code in _NOT_THERE:
            raise FileNotFoundError(f"{path} is not there") from None
        kind = NotAllowedInBucket if code in _NOT_ALLOWED else UnableToReachBucket
        raise kind(f"the storage answered {code} for {path}") from None
    except (BotoCoreError, Boto3Error) as error:
        cause = error.__cause__ or error.__context__
        said = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(error).__name__
        kind = NotAllowedInBucket if said in _NOT_ALLOWED else UnableToReachBucket
        raise kind(f"the storage could not be asked for {path} ({said})") from None


def _client() -> Any:
    return _client_for(
        settings.BACKUP_ENDPOINT, settings.BACKUP_REGION, settings.BACKUP_ACCESS_KEY, settings.BACKUP_SECRET_KEY
    )


@lru_cache(maxsize=2)
def _client_for(endpoint: str, region: str, access_key: str, secret_key: str) -> Any:
    from boto3.session import Session  # noqa: PLC0415 - as in `send`
    from botocore.config import Config  # noqa: PLC0415 - same

    return Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=Config(
            connect_timeout=5,  # seconds
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": _TRIES},
            s3={"addressing_style": "path" if endpoint else "virtual", "payload_signing_enabled": True},
        ),
    )


def remember[T](read: Callable[[BucketPath], T]) -> Callable[[BucketPath, str], T]:
    """Return a reader that reads an object once for each tag: what is in a backup never changes."""

    @lru_cache(maxsize=1024)
    def reading(_address: str, _tag: str, path: BucketPath) -> T:
        return read(path)

    return lambda path, tag: reading(str(path), tag, path)
