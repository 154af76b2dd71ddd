"""The electrician's work: from the chain to a panel and its breakers, a device, a chart."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Enter, Visit, row_of
from tests.servers.processes import wait_until

#: A panel's branch meter is read and bound within the first minute of the demo.
LIVE_MS = 90_000
AGE = re.compile(r"\d+\s*(s|min)\b")
AMPS = re.compile(r"\d\s*A\b")
PANEL = "RPP-A1"
pytestmark = pytest.mark.timeout(500)


@pytest.fixture
def elias(enter: Enter) -> Visit:
    """Elias at his desk, on his home page."""
    return enter("elias")


def open_panel(visit: Visit) -> Page:
    """Find the panel by the search box: an exact name opens it."""
    page = visit.open(f"/search?q={PANEL}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(PANEL)
    return page


def test_home_shows_what_is_near_its_limit(elias: Visit) -> None:
    page = elias.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Elias Ekberg")
    for card in ("Breakers at 80 % of their limit", "Silent devices", "UPS not on mains"):
        expect(page.get_by_role("region", name=card)).to_be_visible()
    expect(page.get_by_role("region", name="UPS not on mains")).to_contain_text("UPS-A")


def test_from_the_chain_to_live_amps_beside_the_rating(elias: Visit) -> None:
    page = elias.page
    page.get_by_role("navigation", name="Areas").get_by_role("link", name="Power").click()
    main = row_of(page, "MSB-A")
    expect(main.locator(".live-number").first).to_have_text(re.compile(r"\d.*W"), timeout=LIVE_MS)
    page.get_by_role("link", name=PANEL, exact=True).click()
    row = page.get_by_role("row").filter(has_text="Rack R1-06, feed A")
    expect(row).to_contain_text("30 A")
    live = row.locator(".seat-live")
    expect(live.locator(".live-number").first).to_have_text(AMPS, timeout=LIVE_MS)
    expect(live.locator(".live-age").first).to_have_text(AGE)
    expect(row.get_by_role("img")).to_have_attribute("aria-label", re.compile("30|24"))


def fill_breaker(page: Page, start: str, poles: str) -> None:
    """Type a breaker and save it."""
    page.get_by_label("First position").fill(start)
    page.get_by_label("Poles").select_option(poles)
    page.get_by_label("Rating").fill("20")
    page.get_by_label("Destination").fill("Lights of the aisle")
    page.get_by_role("button", name="Save").click()


def test_an_occupied_position_is_explained_and_the_typed_text_kept(elias: Visit) -> None:
    page = open_panel(elias)
    page.get_by_role("link", name="Add a breaker", exact=True).click()
    fill_breaker(page, "3", "1")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("position 3 holds")
    expect(alert).to_contain_text(f"{PANEL}-1,3,5")
    expect(page.get_by_label("Rating")).to_have_value("20")
    expect(page.get_by_label("Destination")).to_have_value("Lights of the aisle")
    elias.check("breaker-refused-desktop")


def test_a_breaker_is_added_changed_and_taken_out(elias: Visit) -> None:
    page = open_panel(elias)
    page.get_by_role("link", name="Space at 38: add a breaker").click()
    expect(page.get_by_label("First position")).to_have_value("38")
    fill_breaker(page, "38", "1")
    expect(page.get_by_role("status").first).to_contain_text("is on the schedule")
    page.get_by_role("link", name="Lights of the aisle").click()
    page.get_by_label("Rating").fill("25")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="Lights of the aisle")
    expect(row).to_contain_text("25 A")
    page.get_by_role("link", name="Lights of the aisle").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=re.compile("^Take out")).click()
    expect(page.get_by_role("status").first).to_contain_text("is taken out")
    expect(page.get_by_role("link", name="Lights of the aisle")).to_have_count(0)


def test_a_device_shows_raw_values_quality_and_how_polling_goes(elias: Visit) -> None:
    page = elias.open("/devices/key/meter-msb-a")
    row = page.get_by_role("row").filter(has_text="line.current.L1")
    expect(row.locator(".quality")).to_have_text("good", timeout=LIVE_MS)
    expect(row.locator(".live-number")).to_have_text(AMPS)
    expect(row.locator("code").first).to_have_text(re.compile(r"^\d+(\.\d+)?"))
    expect(row.locator(".source")).to_have_text("fc3:2999")
    page.get_by_role("link", name="Polling").click()
    expect(page.get_by_text("healthy").first).to_be_visible()


def painted(page: Page) -> int:
    """How many pixels of the chart's canvas are not blank."""
    count: Any = page.evaluate(
        """() => { const c = document.querySelector('#chart canvas'); if (!c) { return 0; }
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let n = 0; for (let i = 3; i < d.length; i += 4) { if (d[i]) { n++; } } return n; }"""
    )
    return int(count)


def test_the_chart_of_a_point_is_drawn_for_every_window(elias: Visit) -> None:
    page = elias.open("/devices/key/meter-msb-a")
    page.get_by_role("row").filter(has_text="total.active_power").get_by_role("link").first.click()
    wait_until(lambda: painted(page) > 500, "the chart is painted")
    windows = page.get_by_role("navigation", name="Window").get_by_role("link")
    titles = windows.all_inner_texts()
    assert len(titles) >= 4
    assert (titles[0], titles[-1]) == ("1 hour", "1 year")
    for title in titles:
        windows.get_by_text(title, exact=True).click()
        expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "true"
        )
        wait_until(lambda: painted(page) > 500, f"the chart over {title} is painted")
    page.keyboard.press("t")
    expect(page.get_by_role("region", name="Values")).to_be_visible()
    elias.check("chart-year-desktop")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_chart_reads_out_values_by_the_arrow_keys(enter: Enter, size: dict[str, int]) -> None:
    visit = enter("elias", size)
    page = visit.open("/devices/key/meter-msb-a")
    page.get_by_role("row").filter(has_text="total.active_power").get_by_role("link").first.click()
    wait_until(lambda: painted(page) > 500, "the chart is painted")
    page.locator("#chart").press("End")
    expect(page.locator("#chart-read")).to_have_text(re.compile(r"\d.*W \("))
    visit.check(f"chart-{size['width']}")
