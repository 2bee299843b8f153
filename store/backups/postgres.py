"""PostgreSQL: pg_dump and pg_restore of the server's own version, and databases renamed in one transaction."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from store.backups.databases import connect, default_settings, standing_in
from store.backups.engines import Feed, Settings, UnableToUseDatabase
from store.backups.manifest import Manifest
from store.backups.streams import Readable

# A database's name has 63 bytes at most; ours and a mark must fit.
_LONGEST: Final = 40
_SCRATCH: Final = "_scratch_"


@dataclass(frozen=True)
class Tools:
    """PostgreSQL's own programs."""

    folder: Path

    def command(self, name: str, target: Settings) -> tuple[list[str], dict[str, str]]:
        """Return the beginning of a command that connects to a database, and its environment, which has the password."""
        args, env = DatabaseClient.settings_to_cmd_args_env(target, [])
        return [str(self.folder / name), *args[1:-1], f"--dbname={args[-1]}"], os.environ | (env or {})


def find_tools(major: int) -> Tools:
    """Return the tools of one major version of PostgreSQL: those of another can fail, or leave things out.

    Looks in PG_BIN, then where Debian keeps them, then on the PATH. Raises `UnableToUseDatabase` naming what was found.
    """
    folders = [Path(f"/usr/lib/postgresql/{major}/bin")]
    if settings.PG_BIN:
        folders = [Path(settings.PG_BIN)]
    elif found := shutil.which("pg_dump"):
        folders.append(Path(found).parent)
    others = []
    for folder in folders:
        version = _version_of(folder / "pg_dump")
        if version == major and (folder / "pg_restore").exists():
            return Tools(folder)
        if version is not None:
            others.append(f"{folder / 'pg_dump'} is of version {version}")
    raise UnableToUseDatabase(
        f"The server is PostgreSQL {major}, and there is no pg_dump of that version"
        f" ({'; '.join(others) or 'nor of any other'}). Install postgresql-client-{major}, or set PG_BIN to its folder."
    )


def _version_of(program: Path) -> int | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20)  # noqa: S603 - PostgreSQL's own
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else None


class Postgres:
    """See `store.backups.engines.Engine`."""

    vendor = "postgresql"
    can_fill_in_place = True

    def version(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return str(cursor.fetchone()[0]).split(" ", 1)[0]

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[Readable]:  # noqa: ARG002 - pg_dump needs no folder
        own = default_settings()
        tools = find_tools(_major(self.version()))
        with standing_in(connect(own)), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
                cursor.execute("SELECT pg_export_snapshot()")
                snapshot = cursor.fetchone()[0]
            command, env = tools.command("pg_dump", own)
            # Packed by us, all parts alike; and whoever restores may have other roles.
            command += ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
            with tempfile.TemporaryFile() as complaints:
                process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=complaints)  # noqa: S603 - PostgreSQL's own
                with _ending(process):
                    output: IO[bytes] = process.stdout  # type: ignore[assignment]  # it was opened with a pipe
                    yield output
                    if process.wait():
                        raise UnableToUseDatabase(f"pg_dump failed: {_text(complaints)}")

    def check_fit(self, manifest: Manifest, target: Settings) -> None:
        server = self._server_major(target)
        if server < _major(manifest.server):
            raise UnableToUseDatabase(
                f"The backup is of PostgreSQL {manifest.server}, and the server is {server}, which is older."
                f" Restore to a server of version {_major(manifest.server)} or newer."
            )
        find_tools(server)

    def exists(self, target: Settings) -> bool:
        with _maintenance(target) as server, server.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [target["NAME"]])
            return cursor.fetchone() is not None

    @contextmanager
    def scratch(self, beside: Settings) -> Iterator[Settings]:
        name = f"{beside['NAME'][:_LONGEST]}{_SCRATCH}{os.urandom(4).hex()}"
        with _maintenance(beside) as server:
            _create(server, name, like=beside["NAME"])
        try:
            yield beside | {"NAME": name}
        finally:
            with _maintenance(beside) as server:
                _drop(server, name)

    def load(self, target: Settings, feed: Feed) -> None:
        command, env = find_tools(self._server_major(target)).command("pg_restore", target)
        command += ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        with tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own
                command, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints
            )
            with _ending(process):
                stdin: IO[bytes] = process.stdin  # type: ignore[assignment]  # it was opened with a pipe
                try:
                    feed(stdin.write)
                    stdin.close()
                except BrokenPipeError:
                    process.wait()  # it says why on its other output
                if process.wait():
                    raise UnableToUseDatabase(f"pg_restore failed: {_text(complaints)}")
        with closing(connect(target)) as restored, restored.cursor() as cursor:
            cursor.execute("ANALYZE")  # or the first pages would wait for bad plans

    def check_free(self, target: Settings) -> None:
        ours = [connection.connection.info.backend_pid] if connection.connection is not None else []
        with _maintenance(target) as server, server.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> ALL(%s)", [target["NAME"], ours]
            )
            others = cursor.fetchone()[0]
        if others:
            raise UnableToUseDatabase(
                f"{others} connections to {target['NAME']} are open. Stop the web server, the worker and the scheduler, "
                "then try again."
            )

    def put_in_place(self, scratch: Settings, target: Settings, *, stamp: str) -> str | None:
        if connection.settings_dict["NAME"] == target["NAME"]:
            connections.close_all()
        self.check_free(target)
        with _maintenance(target) as server, server.cursor() as cursor:
            quote = server.ops.quote_name
            is_there = self.exists(target)
            old = _free_name(server, _kept_name(target, stamp))
            try:
                cursor.execute("BEGIN")
                if is_there:
                    cursor.execute(f"ALTER DATABASE {quote(target['NAME'])} RENAME TO {quote(old)}")
                cursor.execute(f"ALTER DATABASE {quote(scratch['NAME'])} RENAME TO {quote(target['NAME'])}")
                cursor.execute("COMMIT")
            except DatabaseError as error:
                cursor.execute("ROLLBACK")
                raise UnableToUseDatabase(f"PostgreSQL could not rename the databases: {error}") from None
        return f"database {old}" if is_there else None

    def kept(self, target: Settings, *, stamp: str) -> Settings | None:
        found = target | {"NAME": _kept_name(target, stamp)}
        return found if self.exists(found) else None

    def end_others(self, target: Settings) -> int:
        ours = [connection.connection.info.backend_pid] if connection.connection is not None else []
        with _maintenance(target) as server, server.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> ALL(%s)",
                [target["NAME"], ours],
            )
            return len(cursor.fetchall())

    def drop_leftovers(self, beside: Settings) -> None:
        pattern = f"^{re.escape(beside['NAME'][:_LONGEST])}{_SCRATCH}[0-9a-f]{{8}}$"
        with _maintenance(beside) as server:
            with server.cursor() as cursor:
                cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [pattern])
                names = [name for (name,) in cursor.fetchall()]
            for name in names:
                _drop(server, name)

    def _server_major(self, target: Settings) -> int:
        with _maintenance(target) as server, server.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            return int(cursor.fetchone()[0]) // 10000


@contextmanager
def _maintenance(target: Settings) -> Iterator[BaseDatabaseWrapper]:
    """Connect to the server of a database, not to the database itself."""
    with closing(connect(target | {"NAME": "postgres", "CONN_MAX_AGE": 0})) as wrapper:
        yield wrapper


def _create(server: BaseDatabaseWrapper, name: str, *, like: str) -> None:
    quote = server.ops.quote_name
    with server.cursor() as cursor:
        cursor.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = %s", [like])
        row = cursor.fetchone()
        # Text must sort as it did.
        locale = f" LC_COLLATE '{row[0]}' LC_CTYPE '{row[1]}'" if row else ""
        try:
            cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE template0 ENCODING 'UTF8'{locale}")
        except DatabaseError as error:
            raise UnableToUseDatabase(
                f"No database could be created beside {like}: {str(error).strip()}. Give the role the right to (ALTER ROLE …"
                " CREATEDB), or have an empty database made and name it with --into."
            ) from None


def _kept_name(target: Settings, stamp: str) -> str:
    return f"{target['NAME'][:_LONGEST]}_before_{stamp.lower()}"


def _free_name(server: BaseDatabaseWrapper, name: str) -> str:
    with server.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name])
        taken = {row[0] for row in cursor.fetchall()}
    names = chain([name], (f"{name}_{n}" for n in count(2)))
    return next(free for free in names if free not in taken)


def _drop(server: BaseDatabaseWrapper, name: str) -> None:
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {server.ops.quote_name(name)} WITH (FORCE)")


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """See to it that a program has ended, whatever happens."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        process.wait()


def _text(complaints: IO[bytes]) -> str:
    """Return the lines that say what is wrong; those after "CONTEXT" repeat rows."""
    complaints.seek(0)
    lines = complaints.read(4000).decode(errors="replace").splitlines()
    return " ".join(line for line in lines if "error:" in line or "ERROR:" in line)[:500] or "it didn't say why"


def _major(version: str) -> int:
    return int(version.partition(".")[0])
