"""From RACKHOUSE_STORE_URL to a store."""

from importlib import import_module
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from telemetry.errors import ConfigError
from telemetry.stores.base import Catalogue, Store
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.influx_url import parse_influx
from telemetry.stores.memory import MemoryStore

FORMS = "embedded:///PATH, influx://HOST:PORT/DB or memory:"


def open_store(url: str, catalogue: Catalogue, read_only: bool = False) -> Store:
    """The store of an address: embedded:///PATH[?sync=full], influx://..., memory:.

    The catalogue is used by stores that keep only numbers. Raises ConfigError for an address it
    cannot read, StoreError and StoreAway as the store does.
    """
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return MemoryStore()
    if scheme == "embedded":
        return open_embedded(url, read_only=read_only)
    if scheme == "influx":
        return _open_influx(url, catalogue, read_only)
    if scheme == "victoria":
        raise ConfigError(f"VictoriaMetrics is not supported yet; use {FORMS}", "victoria://")
    raise ConfigError(f"no such store; use {FORMS}", f"{scheme}:" if scheme else "store URL")


def _open_influx(url: str, catalogue: Catalogue, read_only: bool) -> Store:
    """By name, as its client library costs 0.5 s and 19 MB that no other store should pay."""
    module = import_module("telemetry.stores.influx")
    return cast(Store, module.InfluxStore(parse_influx(url), catalogue, read_only=read_only))


def open_embedded(url: str, *, read_only: bool = False) -> EmbeddedStore:
    """The embedded store of embedded:///ABSOLUTE/PATH or embedded:RELATIVE/PATH."""
    path, sync = _embedded(url)
    return EmbeddedStore(path, read_only=read_only, sync=sync)


def embedded_path(url: str) -> Path:
    """The file of an embedded store's address."""
    return _embedded(url)[0]


def _embedded(url: str) -> tuple[Path, str]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    sync = options.pop("sync", "normal")
    if parts.netloc:
        raise ConfigError("a file has no host: write embedded:///PATH, with three slashes", url)
    if not parts.path.strip("/"):
        raise ConfigError("the path of the file is missing", url)
    if options or sync not in ("normal", "full"):
        raise ConfigError("the only option is sync=normal or sync=full", url)
    path = f"/{parts.path.lstrip('/')}" if parts.path.startswith("/") else parts.path
    return Path(unquote(path)), sync
