"""The disk of the records is full: an error and no half-written record; with space again, go on.

The limit of the size of a file stands for the disk: SQLite's write fails in the same place.
"""

import resource

import pytest

from tests.durability.clients import CREATED, call, everyone, post
from tests.durability.conftest import Served

SPACE = 400_000
NOTES = "n" * 4000
MOST_CALLS = 300
pytestmark = pytest.mark.timeout(500)
sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def limit(served: Served, size: int) -> None:
    """No file of the server grows beyond `size` bytes from now on."""
    for pid in served.pids():
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@sqlite
def test_a_full_disk_is_an_error_and_nothing_is_half_written(served: Served) -> None:
    limit(served, SPACE)
    acknowledged, status, body = [], CREATED, {}
    for number in range(MOST_CALLS):
        name = f"Party {number}"
        status, body = post(
            served.port, served.token, {"kind": "customer", "name": name, "notes": NOTES}, name
        )
        if status != CREATED:
            break
        acknowledged.append(name)
    assert status == 503, body
    assert "Nothing was saved" in body["message"]
    assert acknowledged, "some fitted"
    assert call(served.port, served.token, "GET", "/api/v1/parties/")[0] == 200, "reading goes on"
    assert [name for _, name in sorted(everyone(served.port, served.token))] == acknowledged
    limit(served, resource.RLIM_INFINITY)
    again, _ = post(served.port, served.token, {"kind": "customer", "name": name}, f"{name} again")
    assert again == CREATED, "with space again it works on without a restart"
    served.kill()
    served.start()
    there = [name for _, name in sorted(everyone(served.port, served.token))]
    assert there == [*acknowledged, name]
    served.check()
