"""The pieces of the running house that the pages of this area need."""

from sqlalchemy.orm import Session, sessionmaker

from facilities.errors import Refused, Unavailable
from facilities.monitoring.catalogue import RecordsCatalogue
from facilities.monitoring.readings_port import StoreReadings
from facilities.monitoring.service import Vault
from facilities.settings import Settings
from facilities.web.house import house
from telemetry.errors import ConfigError
from telemetry.stores.open import embedded_path, open_store


def open_readings(settings: Settings, sessions: sessionmaker[Session]) -> StoreReadings:
    """The readings port of an installation. Raises Refused for a store URL that is wrong."""
    try:
        store = open_store(settings.samples_url, RecordsCatalogue(sessions), read_only=True)
    except ConfigError as error:
        raise Refused(f"RACKHOUSE_STORE_URL: {error}", "RACKHOUSE_STORE_URL") from error
    return StoreReadings(sessions, store)


def port() -> StoreReadings:
    """The port of this house. Raises Unavailable where it runs without a store."""
    found = house().readings
    if not isinstance(found, StoreReadings):
        raise Unavailable("This house runs without a sample store.")
    return found


def vault() -> Vault:
    """What devices are checked and sealed with."""
    settings = house().settings
    return Vault(settings.device_networks, settings.sealing_key())


def store_bytes() -> int | None:
    """The size of the embedded store with its log; None for a store elsewhere."""
    url = house().settings.samples_url
    if not url.startswith("embedded:"):
        return None
    path = embedded_path(url)
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
