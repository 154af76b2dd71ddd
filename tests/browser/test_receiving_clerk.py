"""The clerk's work at the dock, by keyboard alone: receive, find by a scan, hand over."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Enter, Visit

#: A tracking number whose check digit is right (S10, USPS); made up.
NUMBER = "RR123456785US"
pytestmark = pytest.mark.timeout(500)


def scan(page: Page, words: str) -> None:
    """What a wedge scanner does: types where the cursor is, then Enter."""
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def receive(visit: Visit) -> Page:
    """The page of the scan field, with the cursor in it."""
    page = visit.open("/receive")
    expect(page.locator("#scan")).to_be_focused()
    return page


def test_her_home_is_the_scan_field(enter: Enter) -> None:
    page = enter("rosa").page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rosa Reyes")
    expect(page.locator("#scan")).to_be_focused()
    names = page.get_by_role("navigation", name="Areas").get_by_role("link").all_inner_texts()
    assert "Power" not in names, "the clerk sees no power"
    assert "Devices" not in names


def test_three_parcels_in_a_row_without_a_mouse(enter: Enter) -> None:
    visit = enter("rosa")
    page = receive(visit)
    for number in (NUMBER, "1Z999AA10123456784", "unreadable 77"):
        scan(page, number)
        expect(page.get_by_role("table")).to_contain_text(number.replace(" ", ""), ignore_case=True)
        expect(page.locator("#scan")).to_be_focused()
        expect(page.locator("#scan")).to_have_value("")
    visit.check("received-desktop")
    scan(page, NUMBER)
    expect(page.locator(".band")).to_have_attribute("data-tone", "warning")
    expect(page.locator(".band")).to_contain_text("First seen")
    visit.picture("received-twice-desktop")


def test_a_scan_in_the_search_box_finds_it_and_it_is_handed_over(enter: Enter) -> None:
    visit = enter("rosa")
    page = receive(visit)
    number = "RB987654325SE"
    scan(page, number)
    expect(page.get_by_role("table")).to_contain_text(number)
    page.locator("main").focus()
    page.get_by_label(re.compile("^Search names")).focus()
    scan(page, number)
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\w+-?\d+"))
    visit.check("delivery-desktop")
    page = visit.open("/hand-over")
    expect(page.locator("#scan")).to_be_focused()
    scan(page, number)
    parcels = page.get_by_role("list", name="Parcels to hand over")
    expect(parcels).to_contain_text(number)
    visit.check("hand-over-desktop")
    page.get_by_label("Name of the person who signs").fill("Ada Quill")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page = visit.find(number)
    expect(page.locator("main")).to_contain_text("Ada Quill")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("handed|delivered", re.I)
    )


def test_the_dock_works_on_a_phone(enter: Enter) -> None:
    visit = enter("rosa", PHONE)
    page = receive(visit)
    scan(page, "RA123456789DE")
    expect(page.locator("#scan")).to_be_focused()
    visit.check("receive-phone")
    for path, name in (("/deliveries", "deliveries"), ("/pickups", "pickups"), ("/bins", "bins"),
                       ("/hand-over", "hand-over"), ("/pickups/new", "pickup-new")):  # fmt: skip
        visit.open(path)
        visit.check(f"{name}-phone")
