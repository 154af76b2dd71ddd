"""The work of facilities staff: from the site to a rack; equipment in, found, moved, out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, Visit

LIVE_MS = 90_000
AGE = re.compile(r"\d+\s*(s|min)\b")
SERIAL = "PROOF-4711"
pytestmark = pytest.mark.timeout(500)


@pytest.fixture
def fiona(enter: Enter) -> Visit:
    """Fiona at her desk, on her home page."""
    return enter("fiona")


def test_home_is_her_morning_check(fiona: Visit) -> None:
    page = fiona.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fiona Ferrer")
    for card in ("Hot racks", "Silent devices", "Free rack units"):
        expect(page.get_by_role("region", name=card)).to_be_visible()
    expect(page.get_by_role("region", name="Free rack units")).to_contain_text("Data hall 1")


def test_from_the_site_to_a_rack_by_the_plan(fiona: Visit) -> None:
    page = fiona.page
    page.get_by_role("navigation", name="Areas").get_by_role("link", name="Sites").click()
    page.get_by_role("link", name="ASH1", exact=True).click()
    page.get_by_role("link", name="DH1", exact=True).click()
    plan = page.get_by_role("group", name=re.compile("^Plan of Data hall 1"))
    expect(plan.get_by_role("link")).to_have_count(20)
    for overlay, text in (("Space", r"U|%"), ("Power", r"W"), ("Temperature", "°C")):
        page.get_by_role("group", name="Colour by").get_by_role("link", name=overlay).click()
        expect(plan).to_have_attribute("aria-label", re.compile(overlay.lower()))
        rack = plan.get_by_role("link", name=re.compile("^R1-06: "))
        # The plan refreshes itself until the rack's meters and sensor have spoken.
        expect(rack).to_have_attribute("aria-label", re.compile(rf"\d.*({text})"), timeout=LIVE_MS)
        fiona.picture(f"room-{overlay.lower()}-desktop")
    plan.get_by_role("link", name=re.compile("^R1-06: ")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("R1-06")
    expect(page.get_by_role("group", name="Front of R1-06")).to_contain_text("compute-")


def test_a_rack_shows_live_power_per_feed_with_ages(fiona: Visit) -> None:
    page = fiona.find("R1-06")
    live = page.get_by_role("region", name="Live values")
    for feed in ("Feed A", "Feed B"):
        group = live.locator(".live-group").filter(has_text=feed)
        expect(group.locator(".live-number").first).to_have_text(
            re.compile(r"\d.*W"), timeout=LIVE_MS
        )
        expect(group.locator(".live-age").first).to_have_text(AGE)
    expect(live.locator(".live-group").filter(has_text="Climate")).to_contain_text("°C")


def test_live_parts_refresh_without_a_reload(fiona: Visit) -> None:
    page = fiona.find("R1-06")
    live = page.get_by_role("region", name="Live values")
    expect(live.locator("[data-at]").first).to_be_visible(timeout=LIVE_MS)
    page.evaluate("window.sameDocument = true")
    first = live.locator("[data-at]").first.get_attribute("data-at") or ""
    expect(live.locator(f'[data-at="{first}"]')).to_have_count(0, timeout=LIVE_MS)
    expect(live.locator("[data-at]").first).to_have_text(AGE)
    assert page.evaluate("window.sameDocument"), "the page was never loaded again"


def add(page: Page, name: str, unit: str) -> None:
    """Type a new server into rack R1-09 and save."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Equipment type").fill("Anvil S2 database server")
    page.get_by_label("Lowest unit").fill(unit)
    page.get_by_label("Serial number").fill(SERIAL)
    page.get_by_role("button", name="Add", exact=True).click()


def test_equipment_is_refused_where_something_stands_then_added_found_moved_removed(
    fiona: Visit,
) -> None:
    page = fiona.find("R1-09")
    page.get_by_role("link", name="Add equipment", exact=True).click()
    add(page, "proof-1", "1")
    wrong = page.get_by_role("alert").first
    expect(wrong).to_contain_text("taken")
    expect(wrong).to_contain_text(re.compile(r"web-\d+"))
    expect(page.get_by_label("Name", exact=True)).to_have_value("proof-1")
    expect(page.get_by_label("Serial number")).to_have_value(SERIAL)
    expect(page.get_by_text("Free for it in this rack")).to_be_visible()
    fiona.check("equipment-refused-desktop")
    page.get_by_label("Lowest unit").fill("20")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("is added")
    page.get_by_label(re.compile("^Search names")).fill(SERIAL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("proof-1")
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Lowest unit").fill("25")
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(".facts")).to_contain_text("U25")
    page.get_by_role("link", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove proof-1").click()
    expect(page.get_by_role("alert").first).to_contain_text("Say why.")
    page.get_by_label("Reason").fill("end of contract")
    page.get_by_role("button", name="Remove proof-1").click()
    page = fiona.find("R1-09")
    expect(page.get_by_role("group", name="Front of R1-09")).not_to_contain_text("proof-1")


def test_an_empty_unit_of_the_elevation_starts_the_form_by_keyboard(fiona: Visit) -> None:
    page = fiona.find("R1-09")
    slot = page.get_by_role("link", name="Add equipment at U30 front")
    slot.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Lowest unit")).to_have_value(re.compile("^30"))
    expect(page.get_by_label("Rack", exact=True)).to_have_value(re.compile("R1-09"))
