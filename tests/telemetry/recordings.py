"""A recording in snmpsim's format as a device that can be walked and asked, without a network."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telemetry.binding import Bound, bind, discovery
from telemetry.decode import Decoder, Read
from telemetry.plan import plan
from telemetry.profiles.model import Profile
from telemetry.sample import Sample
from telemetry.transports.base import Answer, Request, SnmpGet, SnmpWalk, Varbind

_TEXT, _NULL = "4", "5"
_NUMBERS = ("2", "65", "66", "67", "70")


@dataclass(frozen=True)
class Recording:
    """What a device answered, by OID."""

    varbinds: dict[str, Varbind]

    def answer(self, request: Request, at_ms: int = 1_000) -> Answer:
        """As an agent would: a missing OID is left out."""
        if isinstance(request, SnmpGet):
            found = {o: self.varbinds[o] for o in request.oids if o in self.varbinds}
        elif isinstance(request, SnmpWalk):
            found = {o: v for o, v in self.varbinds.items() if o.startswith(f"{request.oid}.")}
        else:
            raise TypeError(f"a recording of SNMP cannot answer {request}")
        return Answer(at_ms, varbinds=found)

    def bound(self, profile: Profile) -> Bound:
        """The device of this recording under a profile."""
        return bind(profile, "device", [self.answer(request) for request in discovery(profile)])

    def samples(self, profile: Profile) -> list[Sample]:
        """Every point of the profile that the device has, as one poll of it reads them."""
        bound = self.bound(profile)
        return [sample for poll in bound.poll_classes for sample in self._poll(bound, poll)]

    def _poll(self, bound: Bound, poll: Any) -> Iterable[Sample]:
        made = plan(bound, poll)
        reads: Sequence[Read] = [Read(r, self.answer(r)) for r in made.requests]
        return Decoder(made).block(reads, 0).samples()


def read_recording(text: str) -> Recording:
    """From the text of a .snmprec file. A value that moves in snmpsim keeps its first number."""
    varbinds: dict[str, Varbind] = {}
    for line in text.splitlines():
        if line.startswith("#") or line.count("|") < 2:
            continue
        oid, tag, value = line.split("|", 2)
        varbinds[oid] = _value(tag, value)
    return Recording(varbinds)


def _value(tag: str, value: str) -> Varbind:
    if ":" in tag:
        tag = tag.split(":", maxsplit=1)[0]
        settings = dict(part.split("=", 1) for part in value.split(","))
        value = settings.get("initial", settings.get("value", "0"))
    if tag.endswith("x"):
        octets = bytes.fromhex(value)
        return octets if tag != "2x" else int.from_bytes(octets, "big", signed=True)
    if tag == _NULL:
        return None
    return int(value) if tag in _NUMBERS and value else value


def expected(path: Path) -> list[dict[str, Any]]:
    """The sensors of an expected-values file that follow exactly from what was recorded."""
    sensors: list[dict[str, Any]] = json.loads(path.read_text())["sensors"]
    return [s for s in sensors if s["derivation"] in ("exact", "fahrenheit") and s["raw"]]
