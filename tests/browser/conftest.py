"""One running demo site and Debian's Chromium; every page is looked at twice: desktop and phone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.servers.browser import ARGUMENTS
from tests.servers.demo import ROOT, Demo

PICTURES = ROOT / "build" / "pictures"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
#: What axe may not find on any page.
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="package")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for this folder; its event loop must be gone before other tests want one."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield opened
        opened.close()


class Visit:
    """A page of one person; notes every script error and every refused inline script."""

    def __init__(self, page: Page, url: str, axe: str) -> None:
        self.page, self.url, self.axe = page, url, axe
        self.trouble: list[str] = []
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.trouble.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a path of the house; it must answer 200."""
        response = self.page.goto(self.url + path)
        assert response is not None and response.status == 200, f"{path}: {response}"
        return self.page

    def find(self, name: str) -> Page:
        """Search for a name and open what bears it: at once, or from the list of hits."""
        page = self.open(f"/search?q={name}")
        if "/search?" in page.url:
            page.locator(".hit").get_by_text(name, exact=True).first.click()
            page.wait_for_url(re.compile(r"^(?!.*/search)"))
        return page

    def picture(self, name: str) -> None:
        """Keep a screenshot in build/pictures."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        # Hiding the caret would set style attributes, which the page's policy refuses.
        self.page.screenshot(path=PICTURES / f"{name}.png", caret="initial")

    def check(self, name: str) -> None:
        """A picture, nothing serious for axe, no script error, no sideways scrolling."""
        self.picture(name)
        # The page's policy refuses inline scripts, so axe comes in by the debugger.
        self.page.evaluate(self.axe)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{v['id']}: {v['help']}: {[n['html'][:120] for n in v['nodes'][:3]]}"
            for v in found["violations"]
            if v["impact"] in SERIOUS
        ]
        assert serious == [], f"{name}: {serious}"
        assert self.trouble == [], f"{name}: {self.trouble}"
        wide, seen = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= seen + 1, f"{name} scrolls sideways: {wide} > {seen}"


def row_of(page: Page, link: str) -> Locator:
    """The row of a table that holds the link with exactly this text."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=link, exact=True))


Enter = Callable[..., Visit]


@pytest.fixture
def enter(demo: Demo, browser: Browser, axe: str) -> Iterator[Enter]:
    """`enter("fiona")` signs in by the form and gives a visit; `size` is DESKTOP or PHONE."""
    contexts = []

    def sign_in(username: str, size: Any = DESKTOP, dark: bool = False) -> Visit:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-US")
        context.set_default_timeout(15_000)
        contexts.append(context)
        visit = Visit(context.new_page(), demo.url, axe)
        page = visit.open("/sign-in")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(demo.passwords[username])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{demo.url}/")
        return visit

    yield sign_in
    for context in contexts:
        context.close()
