"""The Power tabs of racks and equipment, the overlay, cards, facts and search."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from facilities.hosting.models import Equipment, Rack
from facilities.power import cord_service, link_service, outlet_service, panel_service, service
from facilities.power.overlay_queries import power_shades
from facilities.readings import NoReadings, ObjectRef, Quality
from tests.facilities.conftest import Person
from tests.facilities.power.conftest import C14, GivenReadings, World
from tests.facilities.power.test_pages import page, say_amps

Enter = Callable[..., Person]


@pytest.fixture
def rack_url(world: World) -> str:
    return f"/host/rack/{world.rack.id}?tab=power"


def test_e1_the_tab_shows_both_feeds_up_to_the_panel_and_each_feed_lost(
    world: World, person: Enter, readings: GivenReadings, rack_url: str
) -> None:
    readings.say(world.ref("PDU-A1"), "power.active", 1500.0, "W")
    text = page(person("electrician"), rack_url)
    assert "RPP-A3-1,3,5" in text
    assert "RPP-B3" in text
    assert "1.5 kW" in text
    assert "2 of 2 loads are fully known" in text
    # PW-15: srv1's 2080 VA on B's L2-L3 is 5 A now and 10 A after the loss of A
    assert "10.0 A L2" in text
    assert "PDU-B1 at 42 %" in text
    dark = text[text.index("Goes dark") :]
    assert "sw1" in dark[: dark.index("Loses redundancy")]


def test_e1_a_trial_load_is_counted_once_in_normal_and_in_full_on_the_survivor(
    world: World, person: Enter, rack_url: str
) -> None:
    text = page(person("electrician"), f"{rack_url}&trial_w=5000")
    assert "with 5.0 kW more" in text
    # 5000 W over three phases of 208 V is 13.88 A on each line; with srv1 more on L2 and L3
    assert "23.1 A" in text
    assert "trial load" in text


def test_e1_it_refuses_to_guess_where_a_cord_is_not_modelled(
    world: World, person: Enter, records: Session, rack_url: str
) -> None:
    spare = outlet_service.add_inlet(records, world.equipment["sw1"], {"name": "PSU2"})
    records.commit()
    text = page(person("electrician"), rack_url)
    assert "1 of 2 loads are fully known" in text
    assert "the figures are a floor" in text
    assert "1 inlets without a cord" in text
    assert spare.name == "PSU2"


def test_measured_watts_of_the_outlets_come_before_the_budget(
    world: World, person: Enter, readings: GivenReadings, rack_url: str
) -> None:
    for outlet, watts in (("A1", 700.0), ("B2", 720.0)):
        readings.say(ObjectRef("outlet", world.outlets[outlet].id), "power.active", watts, "W")
    text = page(person("electrician"), rack_url)
    assert "1.4 kW</td><td>measured" in text
    assert "500 W</td><td>budget" in text


def test_the_shortcut_adds_the_meters_of_both_feeds(
    world: World, person: Enter, readings: GivenReadings, rack_url: str
) -> None:
    say_amps(readings, world.ref("PDU-A1"), 14.0, 12.0, 9.0)
    say_amps(readings, world.ref("PDU-B1"), 12.0, 11.0, 9.0)
    text = page(person("electrician"), rack_url)
    assert "26.00 A &gt; 24.00 A" in text
    # what the meters say now stands beside what the cords explain, at the PDU and at its breaker
    assert text.count('14.0 A <span class="text-secondary">more than modelled') == 2


def test_pw_29_both_cords_in_one_pdu_are_named_on_rack_and_equipment(
    world: World, person: Enter, records: Session, rack_url: str
) -> None:
    third = outlet_service.add_outlet(
        records, world.nodes["PDU-A1"], {"number": 3, "phases": "L1,L2"}
    )
    inlet = outlet_service.add_inlet(records, world.equipment["sw1"], {"name": "PSU2"})
    cord_service.connect(records, third, inlet)
    records.commit()
    electrician = person("electrician")
    words = "PSU1 and PSU2 both hang on PDU-A1"
    assert words in page(electrician, rack_url)
    assert words in page(electrician, f"/host/equipment/{world.equipment['sw1'].id}?tab=power")
    home = page(electrician, "/")
    assert "Redundancy on paper only" in home
    assert "sw1" in home


def test_a_breaker_shared_with_another_rack_carries_that_racks_loads_too(
    world: World, person: Enter, records: Session, rack_url: str
) -> None:
    other = Rack(site_id=world.site.id, room_id=world.room.id, name="R08")
    records.add(other)
    records.flush()
    values = {"name": "PDU-A2", "feed": "A", "voltage_v": 208.0, "rack_id": other.id}
    pdu = service.add_node(records, world.site.id, "rack_pdu", values)
    link_service.add_link(records, world.nodes["CB-A"], pdu)
    far = Equipment(site_id=world.site.id, rack_id=other.id, name="far", budget_w=2080.0)
    records.add(far)
    records.flush()
    inlet = outlet_service.add_inlet(records, far, {"name": "PSU1", "connector": C14})
    outlet = outlet_service.add_outlet(records, pdu, {"number": 1, "phases": "L1,L2"})
    cord_service.connect(records, outlet, inlet)
    records.commit()
    text = page(person("electrician"), rack_url)
    assert "far <span" in text
    # on L1-L2: srv1's half, 5 A, and far's 10 A; sw1's 2.4 A on L2-L3 adds to L2 as a phasor
    assert "16.3 A L2" in text


def test_a_rack_without_pdus_says_what_to_do(world: World, person: Enter, records: Session) -> None:
    bare = Rack(site_id=world.site.id, room_id=world.room.id, name="R99")
    records.add(bare)
    records.commit()
    text = page(person("electrician"), f"/host/rack/{bare.id}?tab=power")
    assert "No rack PDU is modelled in R99" in text
    assert "none modelled" in text


def test_equipment_shows_each_way_up_and_what_is_not_plugged_in(
    world: World, person: Enter, records: Session
) -> None:
    electrician = person("electrician")
    text = page(electrician, f"/host/equipment/{world.equipment['srv1'].id}?tab=power")
    assert text.index("RPP-A3-1,3,5") < text.index("UTIL-A") < text.index("RPP-B3-1,3,5")
    plain = Equipment(site_id=world.site.id, rack_id=world.rack.id, name="shelf")
    typed = Equipment(
        site_id=world.site.id,
        rack_id=world.rack.id,
        name="new",
        type_id=world.equipment["srv1"].type_id,
    )
    records.add_all([plain, typed])
    records.commit()
    shelf = page(electrician, f"/host/equipment/{plain.id}?tab=power")
    assert "No power inlet is recorded" in shelf
    promised = page(electrician, f"/host/equipment/{typed.id}?tab=power")
    assert "2 inlets by its type" in promised
    form = page(electrician, f"/power/racks/{world.rack.id}/cords")
    assert f"type:{typed.id}:PSU1" in form


def test_an_inlet_that_only_the_type_promises_is_made_when_it_is_plugged_in(
    world: World, person: Enter, records: Session
) -> None:
    typed = Equipment(
        site_id=world.site.id,
        rack_id=world.rack.id,
        name="new",
        type_id=world.equipment["srv1"].type_id,
    )
    records.add(typed)
    records.commit()
    electrician, url = person("electrician"), f"/power/racks/{world.rack.id}/cords"
    page(electrician, url)
    sent = {"inlet": f"type:{typed.id}:PSU2", "outlet_id": str(world.outlets["B1"].id)}
    assert electrician.post(url, sent).status_code == 302
    text = page(electrician, f"/host/equipment/{typed.id}?tab=power")
    assert text.count("no cord in the model") == 1
    assert "PDU-B1</a> outlet 1" in text


def test_the_overlay_is_live_watts_against_the_budget_and_hatched_when_one_is_not_read(
    world: World, records: Session, readings: GivenReadings
) -> None:
    rack = world.rack.id
    assert power_shades(records, NoReadings(), [rack])[rack].level is None
    readings.say(world.ref("PDU-A1"), "power.active", 3000.0, "W", age_s=20.0)
    half = power_shades(records, readings, [rack])[rack]
    assert (half.level, half.text) == (None, "1 of 2 PDUs have no data")
    readings.say(world.ref("PDU-B1"), "power.active", 1000.0, "W")
    whole = power_shades(records, readings, [rack])[rack]
    assert (whole.level, whole.tone, whole.age_s) == (0.5, "ok", 20.0)
    world.rack.budget_w = None
    records.flush()
    by_feed = power_shades(records, readings, [rack])[rack]
    assert by_feed.level == pytest.approx(4000 / 8646.4, abs=1e-4)
    assert "of one feed" in by_feed.text
    assert power_shades(records, readings, [rack, 999])[999].text == "no rack PDU is modelled"


def test_the_electricians_home_names_the_breaker_nearest_its_limit_and_the_ups_on_battery(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    electrician = person("electrician")
    empty = page(electrician, "/")
    assert "No breaker has a reading (2 are modelled)." in empty
    assert "no data" in empty
    say_amps(readings, world.ref("PDU-A1"), 23.0, 12.0, 9.0)
    readings.say(world.ref("UPS-B"), "state", "on_battery", "")
    readings.say(world.ref("UPS-B"), "battery.runtime", 720.0, "s")
    readings.say(world.ref("UPS-A"), "state", "normal", "")
    readings.say(world.ref("UPS-A"), "load", 40.0, "%")
    home = page(electrician, "/")
    assert "RPP-A3-1,3,5 · Rack R07" in home
    assert "96% of limit" in home
    assert "on battery, 12 min left" in home
    assert "normal, load 40 %" in home
    assert "57 %" in home  # PDU-A1: 23 against a mean of 14.67
    assert "Every pair of cords has its own way up" in home


def test_a_stale_ups_is_no_data_and_never_fine(
    world: World, person: Enter, readings: GivenReadings
) -> None:
    for name in ("UPS-A", "UPS-B"):
        readings.say(world.ref(name), "state", "normal", "", quality=Quality.STALE)
    home = page(person("electrician"), "/")
    card = home[home.index("UPS not on mains") :]
    assert "tone-unknown" in card
    assert "normal" not in card


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("UPS-A", "UPS-A"),
        ("RPP-A3-3", "RPP-A3-1,3,5"),
        ("rpp-a3-1,3,5", "RPP-A3-1,3,5"),
        ("rack r07", "RPP-B3-1,3,5"),
    ],
)
def test_search_finds_names_circuits_and_destinations(
    world: World, person: Enter, words: str, found: str
) -> None:
    assert found in page(person("electrician"), f"/search?list=1&q={words}")


def test_one_exact_circuit_id_opens_itself_and_strangers_find_nothing(
    world: World, person: Enter, records: Session
) -> None:
    breaker = panel_service.add_breaker(records, world.nodes["RPP-A3"], 13, 3, {})
    other = type(world.site)(code="AMS1", name="Amsterdam")
    records.add(other)
    records.commit()
    response = person("electrician").get("/search?q=RPP-A3-13,15,17")
    assert response.headers["Location"].endswith(f"/power/nodes/{breaker.id}")
    far = person("electrician", site_id=other.id)
    assert "Nothing is called" in page(far, "/search?q=RPP-A3-13,15,17")
