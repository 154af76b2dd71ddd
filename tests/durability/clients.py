"""Programs that add parties by the API without pause, and remember what was acknowledged."""

import http.client
import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.servers.processes import LOOPBACK

CREATED = 201
#: Answers after which the same call is simply sent again: busy, away, or answered by a twin.
AGAIN = (409, 500, 502, 503)
PAUSE_S = 0.05


@dataclass
class Told:
    """What one client learned. `acknowledged`: name -> id; `again`: how often a call was resent."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    again: int = 0
    refused: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """Adds one party after the other; a call without an answer is sent again with its key."""

    def __init__(self, port: int, token: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.stop, self.told = port, token, stop, Told()

    def run(self) -> None:
        """Until `stop`; the call under way is brought to its end."""
        while not self.stop.is_set():
            key = uuid.uuid4().hex
            while not self._sent(f"Party {key}", key):
                self.told.again += 1
                threading.Event().wait(PAUSE_S)

    def _sent(self, name: str, key: str) -> bool:
        try:
            status, body = post(self.port, self.token, {"kind": "customer", "name": name}, key)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if status == CREATED:
            self.told.acknowledged[name] = body["id"]
        elif status not in AGAIN:
            self.told.refused.append(f"{status} {body}")
        return status not in AGAIN


def post(port: int, token: str, party: dict[str, str], key: str) -> tuple[int, Any]:
    """POST a party; raises OSError or HTTPException when the answer does not come whole."""
    return call(port, token, "POST", "/api/v1/parties/", json.dumps(party), key)


def call(
    port: int, token: str, method: str, path: str, body: str | None = None, key: str = ""
) -> tuple[int, Any]:
    """Status and JSON body of one call of the API."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body, headers | ({"Idempotency-Key": key} if key else {}))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def everyone(port: int, token: str) -> list[tuple[int, str]]:
    """(id, name) of every party, page by page."""
    found: list[tuple[int, str]] = []
    number = 1
    while True:
        status, rows = call(port, token, "GET", f"/api/v1/parties/?page={number}&page_size=100")
        assert status == 200, rows
        found += [(row["id"], row["name"]) for row in rows]
        if len(rows) < 100:
            return found
        number += 1
