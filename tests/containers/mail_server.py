"""A stand-in mail server: takes every mail and writes its Message-ID and subject on stdout, a line each.

python mail_server.py PORT
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import sys


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak as much SMTP as a client needs to be rid of a mail."""

    async def say(line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()

    await say("220 trial")
    while line := await reader.readline():
        word = line.decode(errors="replace").strip().upper()[:4]
        if word == "DATA":
            await say("354 go on")
            content = b""
            while (line := await reader.readline()) not in {b".\r\n", b""}:
                content += line
            mail = email.message_from_bytes(content, policy=email.policy.default)
            sys.stdout.write(f"MAIL {mail['Message-ID']} {mail['Subject']}\n")
            sys.stdout.flush()
        elif word == "QUIT":
            await say("221 bye")
            break
        await say("250 well")
    writer.close()


async def serve(port: int) -> None:
    """Take mails until told to end."""
    async with await asyncio.start_server(take, "0.0.0.0", port) as server:  # noqa: S104 - of a container
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
