"""kill -9 of the web application under load: what was acknowledged is there, once."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.durability.clients import Client, everyone
from tests.durability.conftest import Served
from tests.servers.processes import wait_until

CLIENTS, ROUNDS, EACH_ROUND = 4, 2, 30
pytestmark = pytest.mark.timeout(500)
both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def clients(served: Served) -> Iterator[list[Client]]:
    """Some clients at work, stopped at the end whatever happens."""
    stop = threading.Event()
    crowd = [Client(served.port, served.token, stop) for _ in range(CLIENTS)]
    for client in crowd:
        client.start()
    yield crowd
    stop.set()


def count(clients: list[Client]) -> int:
    """How many calls were acknowledged so far."""
    return sum(len(client.told.acknowledged) for client in clients)


def more(clients: list[Client], wanted: int = EACH_ROUND) -> None:
    """Wait until so many more calls are acknowledged."""
    start = count(clients)
    wait_until(lambda: count(clients) >= start + wanted, f"{wanted} more acknowledged calls")


@both
def test_every_acknowledged_record_is_there_once(served: Served, clients: list[Client]) -> None:
    for _ in range(ROUNDS):
        more(clients)
        served.kill()
        served.start()
    more(clients)
    clients[0].stop.set()
    for client in clients:
        client.join(30)
        assert not client.is_alive()
    check_all_there(served, clients)
    assert sum(client.told.again for client in clients) > 0, "nothing was under way at the kill"


@both
def test_a_killed_worker_is_replaced_and_loses_nothing(
    served: Served, clients: list[Client]
) -> None:
    more(clients)
    assert served.process is not None
    (worker,) = served.pids() - {served.process.pid}
    os.kill(worker, signal.SIGKILL)
    more(clients)
    assert served.process.poll() is None, "the master stays"
    assert worker not in served.pids()
    clients[0].stop.set()
    for client in clients:
        client.join(30)
    check_all_there(served, clients)


def check_all_there(served: Served, clients: list[Client]) -> None:
    """Each acknowledged name stands once under its id, and nothing that nobody sent."""
    there = everyone(served.port, served.token)
    acknowledged = {n: i for client in clients for n, i in client.told.acknowledged.items()}
    assert [name for name, times in Counter(n for _, n in there).items() if times > 1] == []
    assert {name: id_ for id_, name in there} == acknowledged
    assert [line for client in clients for line in client.told.refused] == []
    served.check()
