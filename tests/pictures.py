"""The pictures of README and docs, taken anew of a running `make demo`: `.venv/bin/python -m tests.pictures [address of the shop]`.

They go to docs/pictures as WebP, 390, 768 and 1280 pixels wide. The queue's first case is claimed for one of them. What a command says
becomes a picture, too: `manage.py recover … | python -m tests.pictures --words recover`.
"""

from __future__ import annotations

import io
import sys
from html import escape
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
BROWSER: Final = "/usr/bin/chromium"
ARGS: Final = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WIDE, TABLET, PHONE = (1280, 860), (768, 900), (390, 780)
# Good enough for words of 14 pixels; all pictures together stay below 700 kB.
QUALITY: Final = 78


def main(shop: str) -> None:
    """Take all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        for size, kind in ((WIDE, ""), (PHONE, "phone-")):
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
            page.goto(f"{shop}/")
            keep(page, f"{kind}shop")
            page.goto(f"{shop}/products/glenmuddle-tartan-collar/")
            keep(page, f"{kind}product")
            page.locator('input[name="variant"]').first.check()
            page.get_by_role("button", name="Put in the cart").click()
            page.goto(f"{shop}/checkout/")
            keep(page, f"{kind}checkout")
            page.close()
        page = browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, color_scheme="dark")
        page.goto(f"{shop}/de/catalog/dogs/")
        keep(page, "list-night")
        page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        page.goto(f"{shop}/products/biscuit-ring-bed/")
        keep(page, "tablet-product")
        page.close()
        page = browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, color_scheme="light")
        page.goto(f"{shop}/admin/login/")
        page.fill('input[name="username"]', "owner@ringback.example")
        page.fill('input[type="password"]', "walk the dog at 7")
        page.locator('#login-form [type="submit"]').click()
        page.wait_for_url(f"{shop}/admin/")
        keep(page, "front")
        page.goto(f"{shop}/admin/fraud/calltask/")
        keep(page, "queue")
        page.get_by_role("button", name="Next call").first.click()
        page.wait_for_load_state()
        keep(page, "call")
        page.goto(f"{shop}/admin/status/")
        keep(page, "status")
        page.goto(f"{shop}/admin/fraud/policy/")
        page.get_by_role("button", name="Start a draft").first.click()
        page.wait_for_load_state()
        keep(page, "policy")
        page.get_by_role("button", name="Throw this draft away").click()  # as it was before
        browser.close()


def picture_words(name: str, words: str) -> None:
    """Keep what a command said, as a terminal shows it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        page = browser.new_page(viewport={"width": WIDE[0], "height": 100})
        page.set_content(
            "<body style='margin:0;background:#101418;color:#d8dee6;font:15px/1.5 monospace;padding:20px;white-space:pre-wrap'>"
            f"{escape(words.strip())}"
        )
        page.set_viewport_size({"width": WIDE[0], "height": page.evaluate("document.documentElement.scrollHeight")})
        keep(page, name)
        browser.close()


def keep(page: Page, name: str) -> None:
    """Write what is in the window, and say how large it came out."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)  # pictures further down may come later
    target = TARGET / f"{name}.webp"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(target, "WEBP", quality=QUALITY, method=6)
    sys.stdout.write(f"{target.name}: {target.stat().st_size // 1000} kB\n")


if __name__ == "__main__" and sys.argv[1:2] == ["--words"]:
    picture_words(sys.argv[2], sys.stdin.read())
elif __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
