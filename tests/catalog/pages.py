"""Reading pages as a browser would: what is on them, not how it is spelled."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Protocol


class Answer(Protocol):
    """What a test client gives back."""

    @property
    def content(self) -> bytes:
        """The body."""


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, response: Answer) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        [only] = self.all(tag, **wanted)
        return only

    def links(self) -> list[str]:
        return [attrs["href"] or "" for attrs in self.all("a") if "href" in attrs]
