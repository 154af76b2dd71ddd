"""The running demo as a program sees it: fresh readings of many devices, in the agreed shape."""

import json
import re
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from telemetry.points import Phase, Quantity
from tests.servers.demo import Demo, rackhouse
from tests.servers.processes import wait_until

KEYS = {"device", "point", "label", "quantity", "phase", "value", "unit", "quality", "at", "raw",
        "source"}  # fmt: skip
LAST = {"last_value", "last_at"}
QUALITIES = {"good", "uncertain", "stale", "bad", "not_available", "maintenance"}
USABLE = {"good", "uncertain", "maintenance"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SOURCE = re.compile(r"(?P<snmp>\d+(\.\d+){5,})|(?P<modbus>fc[1-4]:\d+)")
#: Values older than this are not fresh, whatever is said of them.
FRESH_S = 90.0
#: The demo fixture has waited for the collector's first word; from there a minute is allowed.
WITHIN_S = 60.0

pytestmark = pytest.mark.timeout(500)
Reading = dict[str, Any]


@pytest.fixture(scope="module")
def token(demo: Demo) -> str:
    """A token that reads."""
    made = rackhouse(demo.folder, "token", "add", "proof", "--scope", "read")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def asked(demo: Demo, token: str, path: str) -> tuple[Any, dict[str, str]]:
    """The body and the headers of an answer of the API."""
    request = urllib.request.Request(
        f"{demo.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response), dict(response.headers)


def latest(demo: Demo, token: str) -> list[Reading]:
    """Every reading, page by page."""
    found: list[Reading] = []
    number = 1
    while True:
        rows, headers = asked(demo, token, f"/readings/latest?page={number}&page_size=1000")
        found += rows
        if json.loads(headers["X-Pagination"])["total"] <= len(found) or not rows:
            return found
        number += 1


def fresh_devices(readings: list[Reading]) -> dict[str, set[str]]:
    """Protocol -> the devices that have a fresh good reading by it."""
    found: dict[str, set[str]] = {"snmp": set(), "modbus": set()}
    for reading in readings:
        kind = SOURCE.fullmatch(reading["source"])
        if kind and reading["quality"] == "good" and age_s(reading) < FRESH_S:
            found["snmp" if kind["snmp"] else "modbus"].add(reading["device"])
    return found


def age_s(reading: Reading) -> float:
    """Seconds since the device said it."""
    return (datetime.now(UTC) - datetime.fromisoformat(reading["at"])).total_seconds()


def test_within_a_minute_forty_devices_of_both_protocols_have_fresh_readings(
    demo: Demo, token: str
) -> None:
    seen: dict[str, set[str]] = {}

    def enough() -> bool:
        seen.update(fresh_devices(latest(demo, token)))
        time.sleep(0.5)
        return len(seen["snmp"]) + len(seen["modbus"]) >= 40 and len(seen["modbus"]) >= 5

    wait_until(enough, "forty devices with fresh good readings", WITHIN_S)
    assert len(seen["snmp"]) >= 20


def test_a_reading_has_the_agreed_keys_and_types(demo: Demo, token: str) -> None:
    readings = latest(demo, token)
    assert readings
    for reading in readings:
        check_shape(reading)
    counts = Counter(reading["quality"] for reading in readings)
    assert counts["good"] > len(readings) / 2
    names = [(reading["device"], reading["point"]) for reading in readings]
    assert len(set(names)) == len(names), "a point is unique within its device"


def check_shape(reading: Reading) -> None:
    """The shape of design.md section 5, exactly."""
    more = LAST if reading["quality"] == "stale" else set()
    assert KEYS <= set(reading) <= KEYS | LAST, reading
    assert more <= set(reading), reading
    for key in ("device", "point", "label", "unit", "source"):
        assert isinstance(reading[key], str), (key, reading)
    assert reading["device"] and reading["point"], reading
    assert reading["quantity"] in {quantity.value for quantity in Quantity}, reading
    assert reading["phase"] in {None, *(phase.value for phase in Phase)}, reading
    assert reading["quality"] in QUALITIES, reading
    assert SOURCE.fullmatch(reading["source"]), reading
    assert reading["at"] is None or MOMENT.fullmatch(reading["at"]), reading
    if reading["quality"] in USABLE:
        check_value(reading)
    else:
        assert reading["value"] is None, reading


def check_value(reading: Reading) -> None:
    """Names for states and flags, text for identity, a number for the rest."""
    wanted: dict[str, type | tuple[type, ...]] = {"state": str, "flags": list, "identity": str}
    value = reading["value"]
    assert isinstance(value, wanted.get(reading["quantity"], (int, float))), reading
    assert not isinstance(value, bool), reading
    if isinstance(value, list):
        assert all(isinstance(name, str) for name in value), reading
    assert reading["raw"] is not None, reading


def test_series_of_a_point_have_the_agreed_shape(demo: Demo, token: str) -> None:
    power = next(r for r in latest(demo, token) if r["quantity"] == "active_power" and r["value"])
    body, _ = asked(
        demo, token, f"/readings/series?device={power['device']}&point={power['point']}&step_s=10"
    )
    assert set(body) == {"point", "unit", "step_s", "buckets"}
    assert (body["point"], body["unit"], body["step_s"]) == (power["point"], "W", 10)
    assert body["buckets"]
    for bucket in body["buckets"]:
        assert set(bucket) == {"at", "min", "mean", "max", "count", "coverage"}
        assert bucket["min"] <= bucket["mean"] <= bucket["max"]
        assert bucket["count"] >= 1
        assert 0 < bucket["coverage"] <= 1


def test_the_history_of_the_running_site_verifies(demo: Demo) -> None:
    done = rackhouse(demo.folder, "history", "verify")
    assert done.returncode == 0, done.stderr
    assert "rows in order" in done.stdout
