"""The address of an InfluxDB: `influx://[user:pass@]host[:port]/db[?rp=&mode=&tls=&...]`. Pure."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from telemetry.errors import ConfigError

_KNOWN = {"rp", "mode", "tls", "token_file", "ca_file"}
_PORT = 8086


@dataclass(frozen=True, slots=True)
class InfluxUrl:
    """Where the server is and how to speak to it.

    `mode` is the write endpoint: v2 (/api/v2/write: 1.8 and later, 2.x, 3) or v1 (/write: before
    1.8). `scheme` is none, token or basic; `secret` is the token or `user:password`.
    """

    base: str
    database: str
    retention: str
    mode: str
    scheme: str
    secret: str = field(repr=False)
    ca_file: str | None = None

    @property
    def bucket(self) -> str:
        """Database and retention policy as /api/v2/write wants them."""
        return f"{self.database}/{self.retention}" if self.retention else self.database

    @property
    def where(self) -> str:
        """The address without secrets, for messages."""
        return f"{self.base}/{self.bucket}"


def parse_influx(url: str) -> InfluxUrl:
    """Read the address. Raises ConfigError that names the part and never shows the password."""
    parts = urlsplit(url)
    where = f"influx://{parts.hostname or ''}"
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := options.keys() - _KNOWN:
        raise ConfigError(f"unknown {', '.join(sorted(unknown))}; known: {sorted(_KNOWN)}", where)
    database = unquote(parts.path.strip("/"))
    if not parts.hostname or not database or "/" in database:
        raise ConfigError("write it as influx://host:port/database", where)
    mode, tls = options.get("mode", "v2"), options.get("tls", "0")
    if mode not in ("v1", "v2") or tls not in ("0", "1"):
        raise ConfigError(f"mode={mode}, tls={tls}: mode is v1 or v2, tls is 0 or 1", where)
    scheme, secret = _credentials(parts, options.get("token_file", ""), where)
    return InfluxUrl(
        base=f"{'https' if tls == '1' else 'http'}://{_authority(parts, where)}",
        database=database,
        retention=options.get("rp", ""),
        mode=mode,
        scheme=scheme,
        secret=secret,
        ca_file=options.get("ca_file"),
    )


def _authority(parts: SplitResult, where: str) -> str:
    try:
        port = parts.port or _PORT
    except ValueError as error:
        raise ConfigError("the port is a number from 1 to 65535", where) from error
    host = parts.hostname or ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _credentials(parts: SplitResult, token_file: str, where: str) -> tuple[str, str]:
    if token_file and parts.username:
        raise ConfigError("give either user:password or token_file", where)
    if token_file:
        try:
            return "token", Path(token_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"token_file {token_file}: {error.strerror}", where) from error
    if parts.username:
        return "basic", f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "none", ""
