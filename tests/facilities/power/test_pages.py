"""Pages of the chain: what they show, whom they let in, how many statements they take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from sqlalchemy import Select, event, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.power import panel_service, service
from facilities.power.models import Cord, Inlet, PowerNode
from facilities.readings import ObjectRef, Quality
from tests.facilities.conftest import Person
from tests.facilities.power.conftest import GivenReadings, World

#: What a browser sends of fields left alone.
BLANK = {"feed": "", "room_id": "", "neutral": "", "layout": "", "phases": "L1,L2,L3"}
T = TypeVar("T")
Enter = Callable[..., Person]


def page(person: Person, url: str, status: int = 200) -> str:
    response = person.get(url)
    assert response.status_code == status, f"{url} gave {response.status_code}"
    return " ".join(response.text.split())


def say_amps(readings: GivenReadings, ref: ObjectRef, *amps: float) -> None:
    for line, value in zip(("l1", "l2", "l3"), amps, strict=True):
        readings.say(ref, f"current.{line}", value)


def fetch(sessions: sessionmaker[Session], statement: Select[T]) -> T:
    """The newest row of a SELECT, read apart from the test's own open transaction."""
    with sessions() as session:
        return session.scalars(statement).all()[-1]


@contextmanager
def counted(sessions: sessionmaker[Session]) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    engine = sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_the_overview_is_a_tree_with_live_values_and_ages(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    readings.say(world.ref("UPS-A"), "power.active", 45_000.0, "W")
    readings.say(world.ref("UPS-A"), "power.apparent", 50_000.0, "VA")
    text = page(person("electrician"), "/power/")
    assert text.index("UTIL-A") < text.index("UPS-A") < text.index("RPP-A3")
    assert "45.0 kW" in text
    assert "45.0 of 90 kW" in text
    assert "no data" in text
    assert "PDU-A1" not in text


def test_an_empty_site_says_what_to_do_next(
    records: Session, person: Enter, readings: GivenReadings
) -> None:
    assert "Add a site first" in page(person("electrician"), "/power/")


def test_the_list_filters_and_counts(world: World, person: Enter) -> None:
    electrician = person("electrician")
    assert "10 found" in page(electrician, "/power/nodes")
    assert "2 found" in page(electrician, "/power/nodes?kind=ups")
    assert "1 found" in page(electrician, "/power/nodes?kind=ups&feed=B")
    assert "2 found" in page(electrician, "/power/nodes?q=rack+r07")
    assert "Nothing fits this filter" in page(electrician, "/power/nodes?q=100%25")


def test_a_node_shows_its_way_up_its_limit_and_the_policy(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    say_amps(readings, world.ref("PDU-A1"), 10.0, 12.0, 9.0)
    url = f"/power/nodes/{world.nodes['PDU-A1'].id}?tab=chain"
    text = page(person("electrician"), url)
    assert text.index("PDU-A1") < text.index("RPP-A3-1,3,5") < text.index("UPS-A")
    assert "12.00 A &lt;= 24.00 A: 30 A x 80% (policy nec)" in text


def test_the_schedule_shows_amps_beside_rating_totals_and_difference(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    say_amps(readings, world.ref("RPP-A3"), 60.0, 50.0, 55.0)
    say_amps(readings, world.ref("PDU-A1"), 20.0, 12.0, 9.0)
    text = page(person("electrician"), f"/power/nodes/{world.nodes['RPP-A3'].id}")
    assert "Rack R07" in text
    assert "metered at PDU-A1" in text
    assert "1 of 1" in text
    assert "40.0 A" in text  # 60 on the main, 20 on the one branch
    assert "9.1 % (good)" in text
    assert "3 used, 0 spare, 39 spaces" in text
    assert "39 × 1-pole, or 19 × 2-pole, or 13 × 3-pole" in text
    assert "Revision 2" in text
    assert "user:tester" in text


def test_a_lost_meter_is_no_data_and_leaves_the_difference_unsaid(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    say_amps(readings, world.ref("RPP-A3"), 6.0, 5.0, 5.5)
    for line in ("l1", "l2", "l3"):
        readings.say(
            world.ref("PDU-A1"),
            f"current.{line}",
            20.0,
            quality=Quality.STALE,
            age_s=900.0,
            why="no answer",
        )
    text = page(person("electrician"), f"/power/nodes/{world.nodes['RPP-A3'].id}")
    assert "0 of 1" in text
    assert "not every branch is read" in text
    assert "15 min old" in text
    assert "not judged: the mean of 5.5 A is below 20% of 225 A" in text
    assert 'live-number">20.0' not in text


def test_the_electrician_edits_the_schedule_in_place_and_facilities_cannot(
    world: World, person: Enter, records: Session
) -> None:
    panel = world.nodes["RPP-A3"]
    electrician, facilities = person("electrician"), person("facilities")
    url = f"/power/nodes/{panel.id}/breakers/new"
    form = page(electrician, f"{url}?start=8")
    assert 'value="8"' in form
    values = {"start": "8", "poles": "1", "rating_a": "20", "usage": "used", "destination": "R09"}
    assert electrician.post(url, values).status_code == 302
    assert "R09" in page(electrician, f"/power/nodes/{panel.id}")
    assert facilities.post(url, values).status_code == 403
    assert "space</a>" not in page(facilities, f"/power/nodes/{panel.id}")


def test_a_refused_breaker_keeps_what_was_typed_and_names_what_is_there(
    world: World, person: Enter
) -> None:
    panel, electrician = world.nodes["RPP-A3"], person("electrician")
    url = f"/power/nodes/{panel.id}/breakers/new"
    page(electrician, url)
    response = electrician.post(
        url, {"start": "3", "poles": "1", "usage": "used", "destination": "Typed by hand"}
    )
    assert response.status_code == 422
    assert "RPP-A3-1,3,5 (Rack R07)" in response.text
    assert "Typed by hand" in response.text
    assert "PW-21" in response.text


def test_two_who_edit_one_breaker_are_told(world: World, person: Enter, records: Session) -> None:
    breaker, electrician = world.nodes["CB-A"], person("electrician")
    url = f"/power/breakers/{breaker.id}/edit"
    page(electrician, url)
    values = {"start": "1", "poles": "3", "rating_a": "30", "usage": "used"}
    seen = {**values, "version": str(breaker.version), "destination": "First"}
    assert electrician.post(url, seen).status_code == 302
    late = electrician.post(url, {**seen, "destination": "Second"})
    assert late.status_code == 422
    assert "Someone saved this" in late.text
    assert "Second" in late.text


def test_breakers_move_and_go_by_the_page(world: World, person: Enter, records: Session) -> None:
    electrician, panel = person("electrician"), world.nodes["RPP-A3"]
    spare = panel_service.add_breaker(records, panel, 8, 1, {"usage": "spare"})
    records.commit()
    page(electrician, f"/power/breakers/{spare.id}/edit")
    moved = {"start": "10", "poles": "2", "usage": "spare"}
    assert electrician.post(f"/power/breakers/{spare.id}/edit", moved).status_code == 302
    assert "RPP-A3-10,12" in page(electrician, f"/power/nodes/{panel.id}")
    assert electrician.post(f"/power/breakers/{spare.id}/remove").status_code == 302
    kept = electrician.post(f"/power/breakers/{world.nodes['CB-A'].id}/remove")
    assert kept.status_code == 409
    assert "PDU-A1" in kept.text


def test_a_node_is_added_edited_linked_and_removed_by_the_pages(
    world: World, person: Enter, sessions: sessionmaker[Session]
) -> None:
    electrician = person("electrician")
    page(electrician, "/power/nodes/new?kind=panel&fed_by=UPS-A")
    values = {"kind": "panel", "name": "RPP-A4", "fed_by": "UPS-A", **BLANK}
    assert electrician.post("/power/nodes/new", values).status_code == 302
    node = fetch(sessions, select(PowerNode).where(PowerNode.name == "RPP-A4"))
    page(electrician, f"/power/nodes/{node.id}/edit")
    changed = {**values, "rating_a": "100", "spaces": "30", "layout": "nema"}
    assert electrician.post(f"/power/nodes/{node.id}/edit", changed).status_code == 302
    wrong = electrician.post(f"/power/nodes/{node.id}/edit", {**changed, "rack": "R99"})
    assert wrong.status_code == 422
    assert "no rack &#39;R99&#39;" in wrong.text
    page(electrician, f"/power/nodes/{node.id}/links/new")
    circle = electrician.post(
        f"/power/nodes/{world.nodes['UPS-A'].id}/links/new", {"source": "RPP-A4", "phases": ""}
    )
    assert circle.status_code == 422
    assert "cannot feed" in circle.text
    bypass = {"source": "UPS-B", "normally_open": "y", "phases": ""}
    assert electrician.post(f"/power/nodes/{node.id}/links/new", bypass).status_code == 302
    assert "bypass, normally open" in page(electrician, f"/power/nodes/{node.id}?tab=chain")
    assert electrician.post(f"/power/nodes/{node.id}/remove").status_code == 302
    page(electrician, f"/power/nodes/{node.id}", 404)


def test_opening_a_breaker_by_the_page_asks_for_the_reason(
    world: World, person: Enter, records: Session
) -> None:
    electrician, breaker = person("electrician"), world.nodes["CB-A"]
    url = f"/power/nodes/{breaker.id}/switch"
    assert "It feeds" in page(electrician, url)
    assert electrician.post(url, {"state": "open", "reason": ""}).status_code == 422
    assert electrician.post(url, {"state": "open", "reason": "permit 114"}).status_code == 302
    history = page(electrician, f"/power/nodes/{breaker.id}?tab=history")
    assert "closed → open" in history
    again = electrician.post(url, {"state": "open", "reason": "again"})
    assert again.status_code == 422


def test_a_rack_pdu_shows_who_is_plugged_in_and_its_live_outlets(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    readings.say(ObjectRef("outlet", world.outlets["A1"].id), "power.active", 410.0, "W")
    electrician = person("electrician")
    text = page(electrician, f"/power/nodes/{world.nodes['PDU-A1'].id}")
    assert "srv1" in text
    assert "410 W" in text
    assert "no data" in text
    url = f"/power/nodes/{world.nodes['PDU-B1'].id}"
    assert "free" in page(electrician, url)
    assert electrician.post(f"{url}/outlets/new", {"number": "3", "phases": ""}).status_code == 302
    twice = electrician.post(f"{url}/outlets/new", {"number": "3", "phases": ""})
    assert "has an outlet 3 already" in twice.text
    outlet = world.outlets["B1"].id
    page(electrician, f"/power/outlets/{outlet}/edit")
    changed = {"number": "1", "connector": "iec-60320-c19", "phases": "L3"}
    assert electrician.post(f"/power/outlets/{outlet}/edit", changed).status_code == 302
    assert "iec-60320-c19" in page(electrician, url)
    assert electrician.post(f"/power/outlets/{outlet}/remove").status_code == 302
    assert electrician.post(f"{url}/outlets/generate").status_code == 422


def test_cords_are_entered_from_what_is_free_and_only_that(
    world: World, person: Enter, sessions: sessionmaker[Session]
) -> None:
    electrician, url = person("electrician"), f"/power/racks/{world.rack.id}/cords"
    assert "Every inlet" in page(electrician, url)
    new = f"/power/equipment/{world.equipment['sw1'].id}/inlets/new"
    page(electrician, new)
    assert electrician.post(new, {"name": "PSU2", "connector": "iec-60320-c14"}).status_code == 302
    form = page(electrician, url)
    assert "sw1 PSU2" in form
    assert "1 free outlets" in form
    assert "PDU-A1 · 1" not in form
    inlet = fetch(sessions, select(Inlet).where(Inlet.name == "PSU2").order_by(Inlet.id))
    taken = {"inlet": str(inlet.id), "outlet_id": str(world.outlets["A1"].id)}
    assert electrician.post(url, taken).status_code == 422
    free = {"inlet": str(inlet.id), "outlet_id": str(world.outlets["B1"].id), "label": "C-9"}
    assert electrician.post(url, free).status_code == 302
    cord = fetch(sessions, select(Cord).where(Cord.label == "C-9"))
    assert electrician.post(f"/power/cords/{cord.id}/remove").status_code == 302
    assert electrician.post(f"/power/inlets/{inlet.id}/remove").status_code == 302


@pytest.mark.parametrize(
    "url",
    ["/power/", "/power/nodes", "/power/nodes/1", "/power/nodes/new", "/power/racks/1/cords"],
)
def test_the_clerk_sees_no_power(world: World, person: Enter, url: str) -> None:
    assert person("receiving").get(url).status_code == 403


def test_another_sites_electrician_sees_and_changes_nothing(
    world: World, person: Enter, records: Session
) -> None:
    other = type(world.site)(code="AMS1", name="Amsterdam")
    records.add(other)
    records.commit()
    stranger = person("electrician", site_id=other.id)
    assert "10 found" not in page(stranger, "/power/nodes")
    page(stranger, f"/power/nodes/{world.nodes['UPS-A'].id}", 403)
    page(stranger, f"/power/?site={world.site.id}", 404)
    page(stranger, f"/host/rack/{world.rack.id}?tab=power", 403)
    assert stranger.post(f"/power/nodes/{world.nodes['UPS-A'].id}/remove").status_code == 403


def test_statements_do_not_grow_with_breakers(
    world: World,
    person: Enter,
    records: Session,
    sessions: sessionmaker[Session],
    readings: GivenReadings,
) -> None:
    electrician, panel = person("electrician"), world.nodes["RPP-A3"]
    urls = [
        f"/power/nodes/{panel.id}",
        f"/power/nodes/{panel.id}?tab=chain",
        f"/power/nodes/{world.nodes['PDU-A1'].id}",
        f"/host/rack/{world.rack.id}?tab=power",
        f"/host/equipment/{world.equipment['srv1'].id}?tab=power",
        "/power/",
        "/power/nodes",
    ]
    before = []
    for url in urls:
        with counted(sessions) as statements:
            page(electrician, url)
        before.append(len(statements))
    for number in range(12):
        row = panel_service.add_breaker(records, panel, 7 + number, 1, {"rating_a": 20.0})
        service.switch(records, row, "open", "new")
    records.commit()
    for url, least in zip(urls, before, strict=True):
        with counted(sessions) as statements:
            page(electrician, url)
        assert len(statements) <= least, (url, statements)
        assert len(statements) <= 14, (url, statements)
