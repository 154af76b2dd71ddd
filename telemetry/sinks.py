"""Hands blocks on, in batches and off the event loop; a slow or failing sink never delays polling.

Each sink has its own queue, worker and thread. A sink that is away (StoreAway) gets the same batch
again later, while the queue grows up to a bound; beyond it the oldest blocks go and are counted.
"""

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from telemetry.errors import StoreAway
from telemetry.sample import Block

T = TypeVar("T")
Receiver = Callable[[T], Awaitable[None] | None]
Sink = Receiver[list[Block]]
"""Takes a batch. A plain function is called in a thread of its own, an async one on the loop."""

_FIRST_RETRY_S: Final = 1.0
_LONGEST_RETRY_S: Final = 30.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SinkCounts:
    """`lost` blocks were dropped for lack of room or refused by the sink; `why` is the last
    trouble, "" when the last batch went well."""

    delivered: int
    waiting: int
    lost: int
    why: str


class Hand:
    """Calls one receiver: in a thread of its own, or on the loop if it is async."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._threads: ThreadPoolExecutor | None = None

    async def give(self, receiver: Receiver[T], what: T) -> None:
        """Awaits the receiver; raises what it raises."""
        call = receiver if inspect.isroutine(receiver) else type(receiver).__call__
        if inspect.iscoroutinefunction(call):
            await cast(Awaitable[None], receiver(what))
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(1, thread_name_prefix=self._name)
        await asyncio.get_running_loop().run_in_executor(self._threads, receiver, what)

    def close(self) -> None:
        """No call begins any more; one that runs is not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)


class Outbox:
    """The queue in front of one sink."""

    def __init__(self, sink: Sink, *, every_s: float, batch: int, most: int) -> None:
        self._sink = sink
        self._every_s, self._batch, self._most = every_s, batch, most
        self._waiting: deque[Block] = deque()
        self._enough = asyncio.Event()
        self._hand = Hand("telemetry-sink")
        self._delivered = self._lost = 0
        self._why = ""

    def put(self, block: Block) -> None:
        """Never waits."""
        waiting = self._waiting
        waiting.append(block)
        if len(waiting) >= self._batch:
            if len(waiting) > self._most:
                waiting.popleft()
                self._lost += 1
            self._enough.set()

    def look(self) -> SinkCounts:
        """The counters as they are now."""
        return SinkCounts(self._delivered, len(self._waiting), self._lost, self._why)

    async def run(self) -> None:
        """Delivers until cancelled."""
        retry_s = 0.0
        while True:
            await self._until_due(retry_s)
            retry_s = await self._deliver_all(retry_s)

    async def _until_due(self, retry_s: float) -> None:
        if retry_s:
            await asyncio.sleep(retry_s)
            return
        try:
            async with asyncio.timeout(self._every_s):
                await self._enough.wait()
        except TimeoutError:
            pass

    async def _deliver_all(self, retry_s: float) -> float:
        """Empties the queue; returns seconds to wait before trying again, 0 when all went well."""
        while self._waiting:
            if not await self._deliver():
                return min(_LONGEST_RETRY_S, retry_s * 2 or _FIRST_RETRY_S)
        self._enough.clear()
        return 0.0

    async def _deliver(self) -> bool:
        """One batch. False: the sink is away, the batch waits again."""
        count = min(len(self._waiting), self._batch)
        batch = [self._waiting.popleft() for _ in range(count)]
        try:
            await self._hand.give(self._sink, batch)
        except StoreAway as away:
            self._put_back(batch)
            self._trouble(str(away))
            return False
        except asyncio.CancelledError:
            self._put_back(batch)
            raise
        except Exception as error:  # noqa: BLE001 - a sink is not ours; its bug must not stop the rest
            self._lost += len(batch)
            self._trouble(f"{type(error).__name__}: {error}")
            return True
        self._delivered += len(batch)
        self._why = ""
        return True

    def _put_back(self, batch: Sequence[Block]) -> None:
        self._waiting.extendleft(reversed(batch))
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self._lost += 1

    def _trouble(self, why: str) -> None:
        if why != self._why:
            _log.warning("a sink of samples is in trouble: %s", why)
        self._why = why

    async def finish(self, within_s: float) -> None:
        """Delivers what waits, if the sink takes it in time; what it does not take is lost."""
        try:
            async with asyncio.timeout(within_s):
                await self._deliver_all(0.0)
        except TimeoutError:
            self._trouble("did not take the last batch in time")
        self._lost += len(self._waiting)
        self._waiting.clear()
        self._hand.close()
