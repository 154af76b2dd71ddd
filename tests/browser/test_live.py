"""What happens in the plant is seen; what is not heard any more is never shown as live."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, row_of
from tests.servers.demo import Demo, rackhouse
from tests.servers.family import child

#: A value of a meter that is read every 10 s is stale after 60 s; then the page must notice.
STALE_MS, LIVE_MS = 110_000, 100_000
pytestmark = pytest.mark.timeout(500)


def scenario(demo: Demo, *words: str) -> None:
    """`rackhouse plant scenario WORDS` on the running plant."""
    done = rackhouse(demo.folder, "plant", "scenario", *words)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def no_mains_on_a(demo: Demo) -> Iterator[None]:
    """Utility A is lost and the generator does not start, until the end of the test."""
    scenario(demo, "generator-fault/GEN-1")
    scenario(demo, "lose-utility/UTIL-A")
    yield
    scenario(demo, "--clear")


def amps(page: Page, node: str) -> float:
    """The amps of L1 that the chain shows for a node; -1 where it shows no number."""
    found = re.search(r"L1\s*([\d.]+)", row_of(page, node).inner_text())
    return float(found.group(1)) if found else -1.0


def test_a_lost_utility_is_seen_in_every_reading_it_touches(
    demo: Demo, enter: Enter, request: pytest.FixtureRequest
) -> None:
    visit = enter("elias")
    home, chain = visit.page, visit.page.context.new_page()
    chain.goto(f"{visit.url}/power/")
    main = row_of(chain, "MSB-A")
    expect(main.locator(".live-good").first).to_be_visible(timeout=LIVE_MS)
    before = amps(chain, "MSB-B")
    assert before > 0
    request.getfixturevalue("no_mains_on_a")
    ups = home.get_by_role("region", name="UPS not on mains").get_by_role("listitem")
    expect(ups.filter(has_text="UPS-A")).to_contain_text("battery", timeout=LIVE_MS)
    expect(ups.filter(has_text="UPS-B")).to_contain_text("normal")
    visit.check("home-on-battery-desktop")
    expect(main).to_contain_text(re.compile(r"L1\s*0\.0.A|no data"), timeout=LIVE_MS)
    chain.wait_for_function(
        """before => { const row = [...document.querySelectorAll('tr')]
          .find(r => /MSB-B\\s+switchgear/.test(r.innerText));
          const found = row && /L1\\s*([\\d.]+)/.exec(row.innerText);
          return found && Number(found[1]) > before + 0.5; }""",
        arg=before,
        timeout=LIVE_MS,
    )


def test_after_the_scenario_is_cleared_the_mains_are_back(enter: Enter) -> None:
    visit = enter("elias")
    ups = visit.page.get_by_role("region", name="UPS not on mains").get_by_role("listitem")
    expect(ups.filter(has_text="UPS-A")).to_contain_text("normal", timeout=LIVE_MS)


@pytest.fixture
def collector(demo: Demo) -> Iterator[int]:
    """The pid of the collector; whatever was done to it, it goes on at the end."""
    pid = child(demo.process.pid, "rh-collect")
    assert pid, "the collector is a child of the demo"
    yield pid
    os.kill(pid, signal.SIGCONT)


def test_without_a_collector_values_turn_stale_and_come_back(enter: Enter, collector: int) -> None:
    visit = enter("elias")
    page = visit.open("/devices/key/meter-msb-a")
    row = page.get_by_role("row").filter(has_text="total.active_power")
    expect(row.locator(".quality")).to_have_text("good", timeout=LIVE_MS)
    os.kill(collector, signal.SIGSTOP)
    expect(row.locator(".quality")).to_have_text("stale", timeout=STALE_MS)
    expect(row.locator(".live-number")).to_have_text("no data")
    expect(row.locator(".live-age")).to_contain_text("old")
    expect(row).to_contain_text("no collector has been heard")
    visit.check("device-stale-desktop")
    chain = visit.open("/power/")
    main = row_of(chain, "MSB-A")
    expect(main.locator(".live-good")).to_have_count(0)
    expect(main).to_contain_text("no data")
    os.kill(collector, signal.SIGCONT)
    expect(main.locator(".live-good").first).to_be_visible(timeout=LIVE_MS)
    page = visit.open("/devices/key/meter-msb-a")
    row = page.get_by_role("row").filter(has_text="total.active_power")
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="1 hour").click()
    source = page.locator("#chart").get_attribute("data-src")
    mean = page.evaluate("async src => (await (await fetch(src)).json()).mean", source)
    drawn = "".join("-" if value is None else "x" for value in mean)
    assert re.search("x-+x", drawn), f"the time without readings is a gap: {drawn[-40:]}"
    visit.check("chart-gap-desktop")
