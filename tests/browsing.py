"""A real Chromium for the walks, and one look at a page: at a telephone's and a desk's width, axe finds nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

# The shell is the same Chromium without windows, for half the work.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
# Else axe sends back every element that it found nothing wrong with.
FAULTS_ALONE = {"resultTypes": ["violations"]}
WIDTHS = (390, 1280)
# No page is wider than a small telephone.
NARROWEST = 320
# Where to keep pictures of the pages, for people to look at.
PICTURES = os.environ.get("PICTURES", "")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed in the end."""
    if CHROMIUM is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """A browser for one module's walks."""
    # Playwright runs an event loop in this thread; the ORM is used in the same thread, between its calls.
    with pytest.MonkeyPatch.context() as patch, chromium() as opened:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield opened


def faults_of(page: Page, name: str = "", widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What axe finds at each width, and whether the page is wider than the narrowest window. The window is put back."""
    found = []
    before = page.viewport_size
    assert before is not None
    page.evaluate(Axe().axe_script)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        violations = page.evaluate("options => axe.run(options).then(results => results.violations)", FAULTS_ALONE)
        found += [f"{width}: {item['id']}: {node['html'][:120]}" for item in violations for node in item["nodes"]]
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{width}-{name.replace(' ', '-')}.png", full_page=True)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"wider than {NARROWEST}")
    page.set_viewport_size(before)
    return found
