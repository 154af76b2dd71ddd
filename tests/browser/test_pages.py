"""Every main page of every role, at a desk and on a phone, light and dark: readable."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Enter, Visit

#: (person, path or "find NAME" for the search box, name of the picture).
PAGES = (
    ("fiona", "/", "home-facilities"),
    ("fiona", "/sites", "sites"),
    ("fiona", "/sites/1", "site"),
    ("fiona", "/rooms", "rooms"),
    ("fiona", "/rooms/1?overlay=temperature", "room"),
    ("fiona", "/rows/1", "row"),
    ("fiona", "/racks", "racks"),
    ("fiona", "find R1-06", "rack"),
    ("fiona", "/racks/1?tab=history", "rack-history"),
    ("fiona", "/racks/1?tab=documents", "rack-documents"),
    ("fiona", "/equipment", "equipment-list"),
    ("fiona", "find RH-00001", "equipment"),
    ("fiona", "/equipment/new?rack=1&position=20", "equipment-new"),
    ("fiona", "/equipment-types", "types"),
    ("fiona", "/parties", "parties"),
    ("fiona", "/search?q=web", "search"),
    ("elias", "/", "home-electrician"),
    ("elias", "/power/", "power"),
    ("elias", "/power/nodes", "nodes"),
    ("elias", "find RPP-A1", "panel"),
    ("elias", "find UPS-A", "ups"),
    ("elias", "find PDU-R1-06-A", "rack-pdu"),
    ("elias", "/racks/6?tab=power", "rack-power"),
    ("elias", "/devices", "devices"),
    ("elias", "/devices/key/meter-msb-a", "device"),
    ("elias", "/devices/key/meter-msb-a?tab=polling", "device-polling"),
    ("rosa", "/", "home-receiving"),
    ("rosa", "/deliveries", "deliveries"),
    ("rosa", "/pickups", "pickups"),
    ("rosa", "/bins", "bins"),
    ("rosa", "/deliveries/expect", "delivery-expect"),
    ("admin", "/", "home-admin"),
    ("admin", "/admin/users", "users"),
    ("admin", "/account", "account"),
)
PEOPLE = tuple(dict.fromkeys(person for person, *_ in PAGES))
#: Colours differ, places do not: one page of each kind is enough.
DARK = ("home-electrician", "room", "rack", "panel", "device", "equipment-new", "parties")


def go(visit: Visit, path: str) -> None:
    """Open a path, or what the search box finds."""
    kind, _, name = path.partition(" ")
    if kind == "find":
        visit.find(name)
    else:
        visit.open(path)


@pytest.mark.timeout(500)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_is_clean(enter: Enter, person: str, size: dict[str, int]) -> None:
    visit = enter(person, size)
    kind = "phone" if size == PHONE else "desktop"
    for path, name in [(path, name) for who, path, name in PAGES if who == person]:
        go(visit, path)
        visit.check(f"{name}-{kind}")


@pytest.mark.timeout(500)
@pytest.mark.parametrize("person", ["fiona", "elias"])
def test_the_dark_pages_are_clean_too(enter: Enter, person: str) -> None:
    visit = enter(person, DESKTOP, dark=True)
    for path, name in [(p, n) for who, p, n in PAGES if who == person and n in DARK]:
        go(visit, path)
        assert visit.page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        visit.check(f"{name}-dark")


def test_a_stranger_gets_the_sign_in_page_and_no_other(enter: Enter) -> None:
    visit = enter("rosa", PHONE)
    visit.page.context.clear_cookies()
    for path in ("/", "/racks", "/power/", "/devices"):
        page = visit.open(path)
        assert page.url.startswith(f"{visit.url}/sign-in")
    visit.check("sign-in-phone")
