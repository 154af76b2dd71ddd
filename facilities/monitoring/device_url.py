"""The URL of a device without its secret, and with it again (design, section 5). Pure.

Only the community of `snmp://COMMUNITY@HOST` is a secret that people write into a URL; the user
of `snmp3://USER@HOST` is a name.
"""

from urllib.parse import quote, unquote

_SNMP = "snmp://"


def without_secret(url: str) -> tuple[str, str | None]:
    """(URL to keep, community or None). Ex: `snmp://public@h:161` -> (`snmp://h:161`, `public`)."""
    if not url.startswith(_SNMP):
        return url, None
    rest = url.removeprefix(_SNMP)
    community, at, place = rest.rpartition("@")
    return (_SNMP + place, unquote(community)) if at else (url, None)


def with_secret(url: str, community: str | None) -> str:
    """The URL that telemetry parses; unchanged for lines without a community."""
    if not url.startswith(_SNMP) or not community:
        return url
    return f"{_SNMP}{quote(community, safe='')}@{url.removeprefix(_SNMP)}"
