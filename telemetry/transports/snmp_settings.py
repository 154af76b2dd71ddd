"""How an SNMP agent is spoken to: version, community, and for v3 user and keys."""

from dataclasses import dataclass, field

from telemetry.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SnmpUser:
    """A v3 user. Algorithms are those of `AUTH` and `PRIV` (transports/snmp_session.py); keys are
    passwords and never shown."""

    name: str
    auth: str | None = None
    auth_key: str = field(default="", repr=False)
    priv: str | None = None
    priv_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for kind, algorithm, key in (
            ("auth", self.auth, self.auth_key),
            ("priv", self.priv, self.priv_key),
        ):
            if algorithm is not None and len(key) < 8:
                # RFC 3414 11.2: a password is at least 8 characters.
                raise ConfigError(f"the {kind} key of {self.name} has fewer than 8 characters")
        if self.priv is not None and self.auth is None:
            raise ConfigError(f"user {self.name} has priv but no auth, which SNMPv3 does not know")


@dataclass(frozen=True, slots=True)
class SnmpSettings:
    """`version` is 1, 2 (v2c) or 3; `max_oids` is the most that one GET asks for."""

    version: int = 2
    community: str = field(default="public", repr=False)
    user: SnmpUser | None = None
    max_oids: int = 50

    def __post_init__(self) -> None:
        if self.version not in (1, 2, 3):
            raise ConfigError(f"SNMP version {self.version} is not 1, 2 or 3")
        if self.version == 3 and self.user is None:
            raise ConfigError("SNMPv3 needs a user")
        if self.max_oids < 1:
            raise ConfigError(f"max_oids {self.max_oids} is less than 1")
