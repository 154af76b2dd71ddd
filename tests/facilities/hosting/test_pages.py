"""Pages of racks and equipment, as a browser meets them."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from facilities.hosting.models import Claim, Equipment, Rack
from facilities.hosting.placement import Body, cells_of
from facilities.hosting.service import write_cells
from facilities.readings import LiveValue, ObjectRef, Quality, Series
from facilities.web.registry import Release
from tests.facilities.conftest import Person
from tests.facilities.hosting.world import World, place_of_site

Enter = Callable[..., Person]


@pytest.fixture
def rack(world: World) -> Rack:
    """The small world's rack, committed, with one server in it."""
    world.one("web-07", 10, type_id=world.server.id, serial="SN-1", owner_id=world.owner.id)
    world.session.commit()
    return world.rack


def typed(**more: Any) -> dict[str, Any]:
    """What a person's browser sends of the equipment form."""
    plain = {"name": "db-01", "status": "active", "face": "front", "lane": "full", "channel": ""}
    return {**plain, "owner_id": "", "site_id": "", "rack_id": "BER1/W1/R07", **more}


def the(session: Session, name: str) -> Equipment | None:
    wanted = select(Equipment).where(Equipment.name == name)
    found = session.scalars(wanted.execution_options(populate_existing=True)).first()
    session.commit()
    return found


def test_a_rack_page_draws_both_faces_with_links(person: Enter, rack: Rack) -> None:
    page = person("facilities").get(f"/racks/{rack.id}").text
    assert page.count('class="elevation"') == 2
    assert page.count("web-07") > 3
    assert "2 of 42" in page
    assert "owner-" in page
    assert f"/equipment/new?rack={rack.id}&amp;position=12.0&amp;face=front" in page
    assert "no meter or sensor is bound here" in page


def test_who_only_looks_sees_no_way_to_add(person: Enter, rack: Rack) -> None:
    looker = person("viewer")
    assert "/equipment/new" not in looker.get(f"/racks/{rack.id}").text
    assert looker.get("/equipment/new").status_code == 403
    assert looker.get(f"/racks/{rack.id}/edit").status_code == 403


def test_holds_are_hatched_and_blocks_are_crossed(person: Enter, rack: Rack, world: World) -> None:
    for kind, unit in (("hold", 20), ("blocked", 30)):
        claim = Claim(
            site_id=rack.site_id, rack_id=rack.id, kind=kind, owner_id=world.owner.id, reason="duct"
        )
        world.session.add(claim)
        write_cells(world.session, claim, cells_of(2 * unit - 1, Body(4)))
    world.session.commit()
    page = person("viewer").get(f"/racks/{rack.id}").text
    assert "Held for Initech" in page
    assert page.count('class="cross"') == 2
    assert page.count('fill="url(#hatch-') == 2


def test_a_person_adds_equipment_by_clicking_an_empty_unit(
    person: Enter, rack: Rack, world: World
) -> None:
    clerk = person("facilities")
    form = clerk.get(f"/equipment/new?rack={rack.id}&position=20&face=rear").text
    assert 'value="BER1/W1/R07"' in form
    assert 'value="20"' in form
    answer = clerk.post("/equipment/new", typed(type_id="Acme S2", position_u="20"))
    assert answer.status_code == 302
    added = the(world.session, "db-01")
    assert added is not None
    assert (added.start_half_u, added.height_half_u, added.weight_kg) == (39, 4, 25)
    assert "db-01 is added" in clerk.get(answer.headers["Location"]).text


def test_a_taken_unit_is_explained_and_what_was_typed_is_kept(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    clerk.get("/equipment/new")
    answer = clerk.post("/equipment/new", typed(position_u="11", serial="KEEP-ME"))
    assert answer.status_code == 422
    assert "U11 front and rear is taken: web-07 at U10-11. [SP-05]" in answer.text
    assert "Free for it in this rack: U1-9, U12-42" in answer.text
    assert 'value="KEEP-ME"' in answer.text


def test_a_hold_in_the_way_may_be_given_up_by_name(person: Enter, rack: Rack, world: World) -> None:
    hold = Claim(site_id=rack.site_id, rack_id=rack.id, kind="hold", owner_id=world.owner.id)
    world.session.add(hold)
    write_cells(world.session, hold, cells_of(39, Body(4)))
    world.session.commit()
    clerk = person("facilities")
    clerk.get("/equipment/new")
    answer = clerk.post("/equipment/new", typed(position_u="20"))
    assert "Give up the hold of Initech on U20-21" in answer.text
    given = typed(position_u="20", over_hold_id=str(hold.id))
    assert clerk.post("/equipment/new", given).status_code == 302


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"rack_id": "R99"}, "There is no rack called"),
        ({"rack_id": "", "site_id": ""}, "Name a rack, a chassis, or the site"),
        ({"position_u": "99"}, "U99 is not in it"),
        ({"position_u": "1.3"}, "no multiple of half a unit"),
        ({"type_id": "Acme X"}, "There is no equipment type"),
        ({"parent_id": "nobody"}, "There is no equipment called"),
        ({"serial": "sn-1", "type_id": "acme-s2", "position_u": "1"}, "belongs to web-07"),
        ({"name": ""}, "Enter a name."),
        ({"height_u": "abc", "position_u": "1"}, "Not a valid float value"),
    ],
)
def test_a_refused_form_says_which_field_and_why(
    person: Enter, rack: Rack, sent: dict[str, str], words: str
) -> None:
    clerk = person("facilities")
    clerk.get("/equipment/new")
    answer = clerk.post("/equipment/new", typed(**sent))
    assert answer.status_code == 422
    assert words in answer.text


def test_a_person_moves_a_piece_and_its_place_is_free(
    person: Enter, rack: Rack, world: World
) -> None:
    clerk, piece = person("facilities"), the(world.session, "web-07")
    assert piece is not None
    assert 'value="10"' in clerk.get(f"/equipment/{piece.id}/move").text
    place = {"rack_id": "R07", "face": "front", "lane": "full", "channel": "", "version": "9"}
    answer = clerk.post(f"/equipment/{piece.id}/move", {**place, "position_u": "30"})
    assert "Someone saved this" in answer.text
    place["version"] = str(piece.version)
    answer = clerk.post(f"/equipment/{piece.id}/move", {**place, "position_u": "30"})
    assert answer.status_code == 302
    moved = the(world.session, "web-07")
    assert moved is not None
    assert moved.start_half_u == 59
    same = {**place, "position_u": "30", "version": str(moved.version)}
    assert "stands there already" in clerk.post(f"/equipment/{piece.id}/move", same).text


def test_f4_removing_frees_the_unit_and_gives_back_what_others_gave(
    person: Enter, rack: Rack, world: World, app: Flask
) -> None:
    released = []

    def give_back(session: Session, ref: ObjectRef) -> list[str]:
        released.append(ref)
        return ["2 cords are free."]

    app.extensions["rackhouse"].registries.releases.append(Release("equipment", give_back))
    clerk, piece = person("facilities"), the(world.session, "web-07")
    assert piece is not None
    url = f"/equipment/{piece.id}/remove"
    assert "Remove web-07 from R07" in clerk.get(url).text
    assert "Say why." in clerk.post(url, {"status": "removed", "reason": ""}).text
    answer = clerk.post(url, {"status": "disposed", "reason": "end of contract"})
    assert "2 cords are free." in clerk.get(answer.headers["Location"]).text
    assert released == [ObjectRef("equipment", piece.id)]
    assert "0 of 42" in clerk.get(f"/racks/{rack.id}").text
    assert "end of contract" not in clerk.get("/equipment").text
    assert "web-07" in clerk.get("/equipment?status=disposed").text


def test_a_person_edits_a_piece(person: Enter, rack: Rack, world: World) -> None:
    clerk, piece = person("facilities"), the(world.session, "web-07")
    assert piece is not None
    url = f"/equipment/{piece.id}/edit"
    form = clerk.get(url).text
    assert 'value="Acme S2"' in form
    sent = typed(name="web-7b", type_id="Acme S2", height_u="2", version=str(piece.version))
    assert clerk.post(url, sent).status_code == 302
    second = clerk.post(url, sent | {"name": "other"})
    assert second.status_code == 422
    assert "<td>web-7b</td><td>other</td>" in second.text


def test_a_person_adds_and_edits_a_rack(person: Enter, rack: Rack, world: World) -> None:
    clerk = person("facilities")
    assert "Hall 1" in clerk.get(f"/racks/new?room={rack.room_id}").text
    sent = {"name": "R08", "room_id": rack.room_id, "row_id": "", "type_id": "", "owner_id": ""}
    sent |= {"status": "active", "height_u": "47", "width_in": "19", "starting_unit": "1"}
    sent |= {"channel_slots": "2", "facing": "180", "x_mm": "1300", "y_mm": "0"}
    clash = clerk.post("/racks/new", sent)
    assert clash.status_code == 422
    assert "Rack R07 stands there already" in clash.text
    sent["x_mm"] = "1800"
    answer = clerk.post("/racks/new", sent)
    assert answer.status_code == 302
    url = answer.headers["Location"] + "/edit"
    assert 'value="47"' in clerk.get(url).text
    assert clerk.post(url, {**sent, "height_u": "42", "version": "1"}).status_code == 302


def test_the_room_shows_its_racks_to_scale_and_as_a_table(person: Enter, rack: Rack) -> None:
    page = person("viewer").get(f"/rooms/{rack.room_id}").text
    drawn = re.search(r'class="plan-rack[^>]*', page)
    assert drawn is not None
    sizes = [float(size) for size in re.findall(r'"([0-9.]+)"', drawn.group())]
    assert sizes == [1200, 9000 - 1200, 600, 1200]  # y runs down in the drawing
    assert "C1-2" in page
    assert "2 of 42 U used" in page


def test_an_overlay_without_data_is_hatched(person: Enter, rack: Rack, app: Flask) -> None:
    registries = app.extensions["rackhouse"].registries
    space = registries.overlays[0]
    nothing = type(space)("none", "Nothing", space.permission, "kW", lambda *_: {}, 20)
    registries.overlays.append(nothing)
    page = person("viewer").get(f"/rooms/{rack.room_id}?overlay=none").text
    assert 'fill="url(#plan-hatch)"' in page
    assert "R07: no data" in page
    part = person("viewer", "receiving").get(f"/rooms/{rack.room_id}/plan?overlay=space").text
    assert part.lstrip().startswith("<section")


def test_a_row_shows_its_racks_side_by_side(person: Enter, rack: Rack) -> None:
    looker = person("viewer")
    page = looker.get(f"/rows/{rack.row_id}").text
    assert page.count('class="elevation"') == 1
    assert "Rear of R07" in looker.get(f"/rows/{rack.row_id}?face=rear").text


class Meter:
    """Readings of one rack: feed A lives, feed B is old."""

    def latest(self, objects: Collection[ObjectRef]) -> Mapping[ObjectRef, Sequence[LiveValue]]:
        at, text = datetime.now(UTC), "pdu-a"
        values = [
            LiveValue(
                "power.active", "A", "Power", 2310.0, "W", Quality.GOOD, at, 6, text, "p", "o"
            ),
            LiveValue(
                *("power.active", "B", "Power", None, "W", Quality.STALE, at, 400, text, "p", "o"),
                last_value=1980.0,
                why="no answer",
            ),
        ]
        return {ref: values for ref in objects if ref.kind == "rack"}

    def series(self, *asked: Any) -> Series:
        raise NotImplementedError


def test_live_power_is_shown_per_feed_and_old_power_is_no_data(
    person: Enter, rack: Rack, app: Flask
) -> None:
    app.extensions["rackhouse"].readings = Meter()
    part = person("viewer").get(f"/racks/{rack.id}/live").text
    assert 'hx-trigger="every 10s"' in part
    assert "2.3\u2009kW" in part
    assert "Feed B" in part
    assert ">2.0\u2009kW" not in part
    assert "no data" in part


def test_a_clerk_without_readings_sees_no_power(person: Enter, rack: Rack, app: Flask) -> None:
    app.extensions["rackhouse"].readings = Meter()
    assert "2.3\u2009kW" not in person("receiving").get(f"/racks/{rack.id}").text


def test_lists_filter_and_their_csv_is_what_they_show(
    person: Enter, rack: Rack, world: World
) -> None:
    world.one("=danger", 30, asset_tag="T-1")
    world.session.commit()
    clerk = person("facilities")
    assert "1 piece" in clerk.get("/equipment?q=SN-1").text
    assert "No equipment fits" in clerk.get("/equipment?q=_").text
    assert "web-07" in clerk.get(f"/equipment?room={rack.room_id}&owner={world.owner.id}").text
    csv = clerk.get("/sheets/equipment.csv?q=web")
    assert csv.mimetype == "text/csv"
    lines = csv.text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("web-07,active,Acme,S2,SN-1,,Initech,BER1,W1,R07,10.0,U10-11")
    assert "'=danger" in clerk.get("/sheets/equipment.csv").text
    assert "BER1,W1,A,R07" in clerk.get("/sheets/racks.csv?status=active").text
    assert "R07" in clerk.get("/racks?q=r07&status=active").text
    assert clerk.get("/sheets/nothing.csv").status_code == 404


def test_f6_an_exact_serial_opens_its_equipment(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    assert "/equipment/" in clerk.get("/search?q=sn-1").headers["Location"]
    found = clerk.get("/search?q=r07").text
    assert "BER1 / Main / Ground / Hall 1 / Row A" in found
    assert "Acme S2" in clerk.get("/search?q=acme&list").text


def test_home_shows_free_units_by_room_and_what_moved(person: Enter, rack: Rack) -> None:
    page = person("facilities").get("/").text
    assert "40 of 42 U free" in page
    assert "web-07" in page


def test_types_can_be_found_and_looked_at(person: Enter, rack: Rack, world: World) -> None:
    clerk = person("viewer")
    assert "1 type" in clerk.get("/equipment-types?q=acme+s2").text
    page = clerk.get(f"/equipment-types/{world.chassis.id}").text
    assert "Device bays (2)" in page
    assert "unknown" in page
    assert "Acme S2" in clerk.get("/equipment-types/options?type_id=s2").text
    assert "BER1/W1/R07" in clerk.get("/racks/options?rack_id=BER1/W1/R").text


def test_people_of_one_site_do_not_reach_another(person: Enter, rack: Rack, world: World) -> None:
    other, _, _ = place_of_site(world.session, "MUC1")
    world.session.commit()
    local = person("facilities", site_id=other.id)
    piece = the(world.session, "web-07")
    assert piece is not None
    for url in (
        f"/racks/{rack.id}",
        f"/racks/{rack.id}/live",
        f"/equipment/{piece.id}",
        f"/equipment/{piece.id}/move",
        f"/rooms/{rack.room_id}/plan",
    ):
        assert local.get(url).status_code == 403
    assert "R07" not in local.get("/racks").text
    assert "web-07" not in local.get("/equipment").text
    assert "web-07" not in local.get("/sheets/equipment.csv").text
    assert "web-07" not in local.get("/search?q=SN-1&list").text
    assert "web-07" not in local.get("/").text
    local.get("/equipment/new")
    assert "no rack called" in local.post("/equipment/new", typed(position_u="1")).text


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Every statement that the engine runs meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _x: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


PAGES = (
    "/racks",
    "/equipment",
    "/racks/{rack}",
    "/rooms/{room}",
    "/rows/{row}",
    "/sites",
    "/rooms",
)


@pytest.mark.parametrize("url", PAGES)
def test_the_statements_of_a_page_do_not_grow_with_its_rows(
    person: Enter, rack: Rack, world: World, url: str
) -> None:
    page = url.format(rack=rack.id, room=rack.room_id, row=rack.row_id)
    looker, engine = person("viewer"), world.session.get_bind()
    assert isinstance(engine, Engine)
    looker.get(page)
    with counted(engine) as few:
        looker.get(page)
    for number in range(5):
        more = world.rack_called(f"X{number}", row_id=rack.row_id)
        for unit in (1, 5, 9):
            owned = {"type_id": world.server.id, "owner_id": world.owner.id}
            world.one(f"box-{number}-{unit}", unit, rack_id=more.id, **owned)
            world.one(
                f"more-{number}-{unit}",
                12 + 5 * number + unit / 5 // 0.5 * 0.5,
                **{
                    "height_half_u": 1,
                    "rack_id": rack.id,
                },
            )
    place_of_site(world.session, "MUC1")
    world.session.commit()
    with counted(engine) as many:
        assert looker.get(page).status_code == 200
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 12, "\n".join(many)
