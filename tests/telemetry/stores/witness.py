"""Asking InfluxDB without any of the code under test."""

import json
from urllib.error import HTTPError
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


def speaks_v2(server: str) -> bool:
    """True for InfluxDB 1.8 and later: /health came with /api/v2/write."""
    try:
        with urlopen(f"{server}/health", timeout=10) as answer:
            return bool(answer.status == 200)
    except HTTPError:
        return False
