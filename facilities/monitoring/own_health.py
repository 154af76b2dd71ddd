"""Is the machinery itself well: parts of /readyz, and /metrics for Prometheus."""

import hmac
import ipaddress
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import require
from facilities.errors import Unavailable
from facilities.monitoring import device_list
from facilities.monitoring.bound import collector_word
from facilities.monitoring.device_list import Asked
from facilities.monitoring.machine import CollectorHeartbeat, DeviceHealth
from facilities.monitoring.models import Binding
from facilities.monitoring.ports import port, store_bytes
from facilities.web.doors import public
from facilities.web.house import house, session
from facilities.web.security import bearer
from telemetry.errors import StoreError

blueprint = Blueprint("own_health", __name__)


def collector_seen(session: Session) -> str:
    """ "" when a collector was heard in the last minute."""
    heard = session.scalar(select(func.max(CollectorHeartbeat.at)))
    return collector_word(heard, house().clock())


def store_readable(session: Session) -> str:
    """ "" when the sample store answers."""
    del session
    try:
        port().store.latest(["readyz"])
    except (StoreError, Unavailable) as error:
        return f"the sample store cannot be read: {error}"
    return ""


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """The house's own health for Prometheus; from loopback, or with a token."""
    if not (_from_here() or _has_token()):
        require(Permission.SYSTEM_VIEW)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HouseMetrics(session()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class HouseMetrics(Collector):
    """What the records know of devices and collectors, as Prometheus metrics."""

    def __init__(self, records: Session) -> None:
        self._records = records

    def collect(self) -> Iterable[Metric]:
        """All families; asked once a scrape."""
        info = GaugeMetricFamily("rackhouse_info", "The running version.", labels=["version"])
        info.add_metric([running_version()], 1)
        yield info
        yield from self._devices()
        yield from self._collectors()
        size = store_bytes()
        if size is not None:
            yield GaugeMetricFamily("rackhouse_store_bytes", "Size of the sample store.", size)

    def _devices(self) -> Iterable[Metric]:
        states = GaugeMetricFamily(
            "rackhouse_devices", "Devices by how polling goes.", labels=["state"]
        )
        counted = device_list.counts(self._records, Asked(), house().clock())
        for state, count in counted.items():
            states.add_metric([state.value], count)
        yield states
        bound = self._records.scalar(select(func.count()).select_from(Binding)) or 0
        yield GaugeMetricFamily("rackhouse_bindings", "Points bound to objects.", bound)
        totals = select(func.sum(DeviceHealth.polls_ok), func.sum(DeviceHealth.polls_failed))
        polls = CounterMetricFamily("rackhouse_polls", "Polls by outcome.", labels=["outcome"])
        for outcome, count in zip(
            ("ok", "failed"), self._records.execute(totals).one(), strict=True
        ):
            polls.add_metric([outcome], float(count or 0))
        yield polls

    def _collectors(self) -> Iterable[Metric]:
        labels = ["collector"]
        seen = GaugeMetricFamily(
            "rackhouse_collector_heartbeat_age_seconds", "Since it was heard.", labels=labels
        )
        polling = GaugeMetricFamily(
            "rackhouse_collector_polling", "1 polls, 0 stands by.", labels=labels
        )
        written = CounterMetricFamily(
            "rackhouse_blocks_written", "Blocks the store took.", labels=labels
        )
        waiting = GaugeMetricFamily(
            "rackhouse_blocks_waiting", "Blocks not yet in the store.", labels=labels
        )
        now = house().clock()
        for row in self._records.scalars(select(CollectorHeartbeat)):
            seen.add_metric([row.name], (now - row.at).total_seconds())
            polling.add_metric([row.name], float(row.polling))
            written.add_metric([row.name], row.blocks_written)
            waiting.add_metric([row.name], row.blocks_waiting)
        yield from (seen, polling, written, waiting)


def _from_here() -> bool:
    """True for a caller on this machine. Behind a proxy that we were not told of, nobody is."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    if forwarded and not house().settings.proxies:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    wanted, given = house().settings.metrics_token, bearer()
    return bool(wanted) and given is not None and hmac.compare_digest(wanted, given)


def running_version() -> str:
    """The version of the installed package; "checkout" where none is installed."""
    try:
        return version("rackhouse")
    except PackageNotFoundError:
        return "checkout"
