"""Pages of devices: list, one device, forms; what people see of readings and of trouble."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from facilities.monitoring.models import Binding, Calibration, Device
from facilities.monitoring.readings_port import StoreReadings
from facilities.monitoring.service import DeviceValues, Vault, add_device
from facilities.sites.models import Site
from tests.facilities.conftest import Person
from tests.facilities.monitoring.conftest import INLET, POWER, World, add_row
from tests.facilities.monitoring.test_readings_port import AwayStore

Enter = Callable[..., Person]


def form_of(world: World, **change: object) -> dict[str, object]:
    return {
        "site_id": world.ids["site"],
        "key": "ups-1",
        "name": "UPS 1",
        "profile": "ups-rfc1628",
        "url": "snmp://127.0.0.1:16199",
        "community": "s3cret",
        "place": "R07",
        "state": "in_service",
        "enabled": "y",
        **change,
    }


def device_row(world: World, key: str) -> Device | None:
    with world.sessions() as session:
        return session.scalar(select(Device).where(Device.key == key))


def test_the_list_counts_states_and_tells_a_dead_collector_from_a_dead_device(
    world: World, person: Enter
) -> None:
    world.health("pdu-a-r07")
    world.health("pdu-b-r07", state="backing_off", error="no answer within 2 s")
    page = person("facilities").get("/devices").text
    assert "1 answers" in page
    assert "1 fails now" in page
    assert "1 silent" in page
    assert "no answer within 2 s" in page
    world.now += timedelta(minutes=10)
    page = person("electrician").get("/devices").text
    assert "3 silent" in page


def test_the_list_is_filtered_by_words_kind_and_state(world: World, person: Enter) -> None:
    world.health("pdu-a-r07")
    who = person("facilities")
    found = {
        "q=PDU-A": {"pdu-a-r07"},
        "q=%25": set(),
        "kind=environment": {"probe-1"},
        "state=fine": {"pdu-a-r07"},
        "state=silent": {"pdu-b-r07", "probe-1"},
        "state=nonsense": {"pdu-a-r07", "pdu-b-r07", "probe-1"},
    }
    for query, keys in found.items():
        page = who.get(f"/devices?{query}").text
        assert {key for key in ("pdu-a-r07", "pdu-b-r07", "probe-1") if f">{key}<" in page} == keys


def test_the_statements_of_the_list_do_not_grow_with_devices(
    world: World, person: Enter, statements: Callable[[], int]
) -> None:
    who = person("facilities")
    statements()
    who.get("/devices")
    few = statements()
    with world.sessions.begin() as session:
        for n in range(30):
            add_row(session, world.ids["site"], f"pdu-x{n}", world.ids["rack"])
    statements()
    who.get("/devices")
    assert statements() == few <= 12


def test_a_device_of_another_site_is_not_shown(world: World, person: Enter) -> None:
    who = person("facilities", site_id=None)
    assert who.get(f"/devices/{world.ids['pdu-a-r07']}").status_code == 200
    with world.sessions.begin() as session:
        other = Site(code="AMS", name="Amsterdam")
        session.add(other)
        session.flush()
        other_id = other.id
    stranger = person("facilities", site_id=other_id)
    assert ">pdu-a-r07<" not in stranger.get("/devices").text
    assert stranger.get(f"/devices/{world.ids['pdu-a-r07']}").status_code == 403
    assert stranger.get(f"/devices/{world.ids['pdu-a-r07']}/live").status_code == 403


def test_the_clerk_sees_no_devices(world: World, person: Enter) -> None:
    assert person("receiving").get("/devices").status_code == 403


def test_a_device_page_shows_value_quality_raw_source_and_binding(
    world: World, person: Enter
) -> None:
    world.say("pdu-a-r07", (412.0, float("nan"), 2))
    page = person("electrician").get(f"/devices/{world.ids['pdu-a-r07']}").text
    assert "412\u2009W" in page
    assert "1.3.6.1.4.1.318.1" in page
    assert "<code>412.0</code>" in page
    assert "the device says it has no value here" in page
    assert ">off<" in page, "a state is shown by its name"
    assert ">pdu-a</a> <span" in page, "the object it is bound to is a link"


def test_a_page_without_a_store_says_so(world: World, person: Enter) -> None:
    who = person("electrician")
    house = who.client.application.extensions["rackhouse"]
    house.readings = StoreReadings(world.sessions, AwayStore(), lambda: world.now)
    page = who.get(f"/devices/{world.ids['pdu-a-r07']}")
    assert page.status_code == 200
    assert "The sample store is away just now" in page.text


def test_the_polling_tab_shows_health_and_plan(world: World, person: Enter) -> None:
    world.health(
        "pdu-a-r07", state="quarantined", error="nobody listens there", polls_failed=7,
        counts={"timeouts": 7, "refusals": {"2": 3}},
    )  # fmt: skip
    page = person("facilities").get(f"/devices/{world.ids['pdu-a-r07']}?tab=polling").text
    assert "nobody listens there" in page
    assert "quarantined" in page
    assert "<dt>Failed polls</dt><dd>7</dd>" in page
    assert "GET 1.3.6.1.4.1.318.1, 1.3.6.1.4.1.318.2" in page


def test_the_plan_of_a_modbus_device_is_known_before_it_answers(
    world: World, person: Enter
) -> None:
    with world.sessions.begin() as session:
        row = session.get(Device, world.ids["probe-1"])
        assert row is not None
        row.profile, row.url = "schneider-pm5000", "modbus://127.0.0.1:15020?unit=7"
    page = person("facilities").get(f"/devices/{world.ids['probe-1']}?tab=polling").text
    assert "unit 7, fc 3, " in page


def test_a_device_is_added_with_a_sealed_secret(world: World, person: Enter) -> None:
    who = person("facilities")
    who.get("/devices/new")
    answer = who.post("/devices/new", form_of(world))
    assert answer.status_code == 302, answer.text
    row = device_row(world, "ups-1")
    assert row is not None
    assert (row.kind, row.rack_id, row.room_id) == ("ups", world.ids["rack"], world.ids["room"])
    page = who.get(f"/devices/{row.id}/edit").text
    assert "s3cret" not in page + who.get(f"/devices/{row.id}?tab=history").text
    assert "empty keeps them" in page


def test_a_refused_device_keeps_what_was_typed(world: World, person: Enter) -> None:
    who = person("facilities")
    who.get("/devices/new")
    answer = who.post("/devices/new", form_of(world, url="snmp://8.8.8.8", every_fast_s="0.5"))
    assert answer.status_code == 422
    assert "Must be between 1 and 86400 s." in answer.text
    answer = who.post("/devices/new", form_of(world, url="snmp://8.8.8.8"))
    assert answer.status_code == 422
    assert "outside the networks" in answer.text
    assert 'value="UPS 1"' in answer.text
    assert device_row(world, "ups-1") is None


def test_a_place_that_several_things_could_be_is_asked_back(world: World, person: Enter) -> None:
    who = person("facilities")
    who.get("/devices/new")
    answer = who.post("/devices/new", form_of(world, place="pdu"))
    assert answer.status_code == 422
    assert f"power_node:{world.ids['pdu-a']}" in answer.text
    assert who.post("/devices/new", form_of(world, place="nowhere")).status_code == 422


def test_an_electrician_of_one_site_cannot_add_to_another(world: World, person: Enter) -> None:
    who = person("electrician", site_id=world.ids["site"])
    who.get("/devices/new")
    answer = who.post("/devices/new", form_of(world, site_id=999))
    assert answer.status_code == 422
    assert "Not a valid choice" in answer.text


def test_an_edit_conflict_keeps_both(world: World, person: Enter) -> None:
    who = person("facilities")
    with world.sessions.begin() as session:
        values = form_of(world)
        device = add_device(
            session,
            DeviceValues(
                world.ids["site"], "ups-1", "UPS 1", "ups-rfc1628", str(values["url"]), "c"
            ),
            Vault(
                "127.0.0.0/8", who.client.application.extensions["rackhouse"].settings.sealing_key()
            ),
        )
        device_id = device.id
    who.get(f"/devices/{device_id}/edit")
    changed = form_of(world, name="Mine", version="1", place="", community="")
    assert who.post(f"/devices/{device_id}/edit", changed).status_code == 302
    answer = who.post(f"/devices/{device_id}/edit", {**changed, "name": "Theirs"})
    assert answer.status_code == 422
    assert "Someone saved this while you were editing" in answer.text
    row = device_row(world, "ups-1")
    assert row is not None
    assert row.name == "Mine"


def test_removing_asks_first_and_names_what_goes(world: World, person: Enter) -> None:
    who = person("facilities")
    url = f"/devices/{world.ids['probe-1']}/remove"
    page = who.get(url).text
    assert "temperature.inlet.top of R07" in page
    assert who.post(url, {"version": "1"}).status_code == 302
    assert device_row(world, "probe-1") is None


def binding_form(**change: str) -> dict[str, str]:
    return {"point": POWER.id, "target": "R07", "metric": "", "feed": "C", **change}


def test_a_point_is_bound_by_name_with_its_usual_metric(world: World, person: Enter) -> None:
    who = person("facilities")
    url = f"/devices/{world.ids['pdu-a-r07']}/bindings/new"
    assert "Power (total.active_power)" in who.get(url).text
    assert who.post(url, binding_form()).status_code == 302
    with world.sessions() as session:
        row = session.scalar(select(Binding).where(Binding.feed == "C"))
    assert row is not None
    assert (row.object_kind, row.object_id) == ("rack", world.ids["rack"])
    assert row.metric == "power.active"


def test_several_objects_are_offered_and_one_is_picked(world: World, person: Enter) -> None:
    who = person("facilities")
    url = f"/devices/{world.ids['pdu-a-r07']}/bindings/new"
    who.get(url)
    answer = who.post(url, binding_form(target="pdu-"))
    assert answer.status_code == 422
    pick = f"power_node:{world.ids['pdu-b']}"
    assert f'name="pick" value="{pick}"' in answer.text
    assert who.post(url, {**binding_form(target="pdu-"), "pick": pick}).status_code == 302


def test_a_wrong_binding_is_refused_beside_its_field(world: World, person: Enter) -> None:
    who = person("facilities")
    url = f"/devices/{world.ids['pdu-a-r07']}/bindings/new"
    who.get(url)
    for change, words in (
        ({"target": "nothing"}, "Nothing fits that."),
        ({"target": "rack:999"}, "There is no such object"),
        ({"metric": "voltage.l1_n"}, "this point reads active_power"),
    ):
        answer = who.post(url, binding_form(**change))
        assert answer.status_code == 422
        assert words in answer.text


def test_a_binding_is_changed_and_removed(world: World, person: Enter) -> None:
    who = person("facilities")
    with world.sessions() as session:
        row = session.scalar(select(Binding).where(Binding.point == INLET.id))
    assert row is not None
    who.get(f"/bindings/{row.id}/edit")
    form = {"point": INLET.id, "target": f"rack:{world.ids['rack']}", "feed": "", "version": "1"}
    changed = {**form, "metric": "temperature.inlet.middle"}
    assert who.post(f"/bindings/{row.id}/edit", changed).status_code == 302
    assert who.post(f"/bindings/{row.id}/edit", changed).status_code == 422, "version 1 is old"
    assert who.post(f"/bindings/{row.id}/remove").status_code == 302
    with world.sessions() as session:
        assert session.get(Binding, row.id) is None


def test_a_viewer_changes_nothing(world: World, person: Enter) -> None:
    who = person("viewer")
    who.get("/devices")
    for url in ("/devices/new", f"/devices/{world.ids['probe-1']}/edit", "/bindings/1/remove"):
        assert who.post(url).status_code == 403


def test_a_sensor_is_calibrated_from_its_chart(world: World, person: Enter) -> None:
    world.say("probe-1", (26.5,))
    who = person("facilities")
    url = f"/devices/{world.ids['probe-1']}/calibrate?point={INLET.id}"
    who.get(url)
    form = {"scale": "1", "offset": "-0.5", "calibrated_on": "2026-11-01"}
    assert who.post(url, form).status_code == 302
    page = who.get(f"/devices/{world.ids['probe-1']}/chart?point={INLET.id}").text
    assert "26.0\u2009°C" in page
    assert "calibrated 2026-11-01" in page
    with world.sessions() as session:
        row: Calibration | None = session.scalar(select(Calibration))
    assert row is not None
    assert row.offset == -0.5
    assert who.post(url, {"scale": "0", "offset": "0"}).status_code == 422
