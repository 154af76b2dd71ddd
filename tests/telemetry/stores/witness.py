"""Asking InfluxDB without any of the code under test."""

import json
from urllib.parse import urlencode
from urllib.request import Request, urlopen


def influx_query(server: str, statement: str, database: str = "") -> list[dict[str, object]]:
    """The series of one statement, asked without any of the code under test."""
    body = urlencode({"q": statement, "db": database, "epoch": "ms"}).encode()
    with urlopen(Request(f"{server}/query", body), timeout=10) as answer:
        (result,) = json.load(answer)["results"]
    assert "error" not in result, result
    found: list[dict[str, object]] = result.get("series", [])
    return found
