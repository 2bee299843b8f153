"""Everything that the documents name exists: links, files, commands with their options, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.processes import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
# Names in capitals that are no settings of the shop.
OTHERS = {"COUNT", "SHOP_HOST", "CERTIFICATES", "ACME_EMAIL", "SHOP_ADDRESS", "BUILD_FLAGS", "KEEP_DATABASE"}
TOP = "catalog|checkout|config|deploy|docs|fraud|requirements|sandbox|static|store|templates|tests"


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of manage.py, each with the options named behind it."""
    for words in re.findall(r"manage(?:\.py)? (?!…)([a-z_]+[^`\n#|;]*)", text):
        name, *rest = words.split()
        yield name, [word.rstrip(".,:)").partition("=")[0] for word in rest if word.startswith("--")]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_and_file_is_there(page: Path) -> None:
    text = page.read_text()
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    missing = [link for link in links if link and not (page.parent / link).exists()]
    paths = re.findall(rf"(?<![\w/.-])((?:{TOP})/[\w./-]*\w/?)", re.sub(r"https?://\S+", "", text))
    missing += [path for path in paths if not (ROOT / path).exists() and "/secrets" not in path]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_and_option_is_there(page: Path) -> None:
    text, known = page.read_text(), get_commands()
    for name, options in commands(text):
        assert name in known, name
        app = known[name]
        parser = load_command_class(app, name).create_parser("manage.py", name) if isinstance(app, str) else None
        allowed = set(parser._option_string_actions) if parser else set()
        assert set(options) <= allowed, (name, options)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE))
    assert {one or other for one, other in named} <= targets
    script = (ROOT / "ringback").read_text()
    assert all(f"\n{word})" in script for word in re.findall(r"\./ringback ([a-z]+)", text))
    modules = re.findall(r"python -m ((?:config|tests|store|fraud)[\w.]+)", text)
    files = [ROOT / module.replace(".", "/") for module in modules]
    assert all(file.with_suffix(".py").exists() or (file / "__main__.py").exists() for file in files)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_setting_is_there(page: Path) -> None:
    settings = (ROOT / "config" / "settings.py").read_text()
    named = {name.removesuffix("_FILE") for name in re.findall(r"`([A-Z][A-Z]+_[A-Z_]+)(?:=[^`]*)?`", page.read_text())}
    unknown = {name for name in named - OTHERS if not re.search(rf"\b{name}\b", settings)}
    states = "".join(file.read_text() for file in (ROOT / "checkout").rglob("*.py"))
    assert not {name for name in unknown if f"{name} = " not in states}
