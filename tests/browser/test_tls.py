"""The web application over TLS: the first-run link, cookies that never leave it in the clear."""

import re
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.servers.demo import launch, rackhouse
from tests.servers.processes import LOOPBACK, free_port, stop, wait_until
from tests.telemetry.stores.certificate import certificate

PASSWORD = "a long enough secret"
pytestmark = pytest.mark.timeout(500)


@pytest.fixture
def first_link(tmp_path: Path) -> Iterator[str]:
    """The link that the first start prints, while `serve --cert --key` runs."""
    cert, key, log = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "log"
    certificate(cert, key)
    assert rackhouse(tmp_path, "db", "upgrade").returncode == 0
    port = free_port()
    words = ["serve", "--bind", f"{LOOPBACK}:{port}", "--cert", str(cert), "--key", str(key)]
    process = launch(tmp_path, log, words)
    try:
        wait_until(lambda: answers_over_tls(port, cert), "the web application over TLS", 100)
        found = re.search(r"https://\S+/welcome/\S+", log.read_text("utf-8"))
        assert found, log.read_text("utf-8")
        yield found.group()
    finally:
        stop(process)


def answers_over_tls(port: int, cert: Path) -> bool:
    """True when it answers, with the certificate that was given to it."""
    trust = ssl.create_default_context(cafile=str(cert))
    try:
        url = f"https://{LOOPBACK}:{port}/healthz"
        with urllib.request.urlopen(url, timeout=5, context=trust) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def test_the_first_run_link_signs_in_with_secure_cookies(first_link: str, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(first_link)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")
    cookies: list[Any] = context.cookies()
    assert cookies
    for cookie in cookies:
        assert (cookie["secure"], cookie["httpOnly"]) == (True, True), cookie
        assert cookie["sameSite"] in ("Lax", "Strict"), cookie
    answer = page.goto(first_link)
    assert answer is not None
    assert answer.status in (404, 409, 422), "the link works once"
    strict = answer.headers.get("strict-transport-security", "")
    assert "max-age" in strict
    context.close()
