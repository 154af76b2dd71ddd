"""One frozen settings object, read from RACKHOUSE_* (or RACKHOUSE_*_FILE). See docs/settings.md."""

import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from facilities.errors import Refused

PREFIX = "RACKHOUSE_"
#: Names under our prefix that are not settings of the application.
NOT_SETTINGS = frozenset(
    {
        "REQUIRE_SERVERS",
        "SHARED",
        # Keys of one SNMPv3 user, read by `probe` and `read` when they need them.
        "SNMP_AUTH_KEY",
        "SNMP_AUTH_KEY_FILE",
        "SNMP_PRIV_KEY",
        "SNMP_PRIV_KEY_FILE",
    }
)


class Settings(BaseModel):
    """Everything that may differ between installations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Path("var")
    database_url: str = ""
    store_url: str = ""
    secret_key: str = ""
    bind: str = "127.0.0.1:8000"
    time_zone: str = "UTC"
    smtp_url: str = ""
    mail_from: str = "rackhouse@localhost"
    base_url: str = ""
    session_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 12
    sign_in_tries: Annotated[int, Field(ge=1, le=1000)] = 10
    sign_in_window_s: Annotated[int, Field(ge=1)] = 300
    upload_limit_mb: Annotated[int, Field(ge=1, le=1024)] = 20
    proxies: Annotated[int, Field(ge=0, le=5)] = 0
    https: bool = False
    log_level: str = "INFO"
    # Where devices may be polled: networks, comma-separated (rule 32). Private and loopback.
    device_networks: str = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
    # Seals device credentials; made once under the data folder unless set.
    credentials_key: str = ""
    # Lets others than loopback read /metrics, as a bearer token.
    metrics_token: str = ""

    @field_validator("device_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            ip_network(part)  # raises ValueError, which names the part
        return text

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is no time zone, e.g. Europe/Berlin") from error
        return name

    @property
    def records_url(self) -> str:
        """The database of the records; SQLite under the data folder unless set."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'rackhouse.db'}"

    @property
    def samples_url(self) -> str:
        """The sample store; embedded under the data folder unless set."""
        return self.store_url or f"embedded:///{self.data_dir.resolve() / 'samples.db'}"

    def sealing_key(self) -> str:
        """The secret that seals device credentials; made once under the data folder unless set."""
        return self.credentials_key or kept_secret(self.data_dir / "credentials.key")

    def signing_key(self) -> str:
        """The secret for cookies; made once under the data folder unless set."""
        return self.secret_key or kept_secret(self.data_dir / "secret.key")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises Refused naming the variable that is wrong."""
    environ = os.environ if environ is None else environ
    values: dict[str, str] = {}
    for name, text in environ.items():
        short = name.removeprefix(PREFIX)
        if short == name or short in NOT_SETTINGS:
            continue
        if short.endswith("_FILE"):
            short, text = short.removesuffix("_FILE"), Path(text).read_text("utf-8").strip()
        values[short.lower()] = text
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = PREFIX + str(first["loc"][0] if first["loc"] else "?").upper()
        reason = "no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise Refused(f"{field}: {reason} (docs/settings.md lists them)", field) from error


def kept_secret(path: Path) -> str:
    """The secret kept in `path`, readable by its owner only; made on first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text("utf-8").strip()
