"""Plain values that forms, the API and services hand each other. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

CONDITIONS = ("ok", "damaged", "wet", "opened", "unknown")
REASONS = ("rma", "move", "sale", "disposal", "loan_return", "other")
REASON_NAMES = {"rma": "RMA", "loan_return": "Loan return"}
NAME = re.compile(r"([DP])-?0*(\d{1,9})", re.IGNORECASE)


def delivery_name(number: int) -> str:
    """What people call the delivery with this number."""
    return f"D{number:05d}"


def pickup_name(number: int) -> str:
    """What people call the pickup with this number."""
    return f"P{number:05d}"


def number_in(text: str, letter: str) -> int | None:
    """The number in `D00012`, `d12`; None when it is no such name."""
    found = NAME.fullmatch(text.strip())
    return int(found[2]) if found and found[1].upper() == letter else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One announced line of a delivery, or one item of a pickup."""

    description: str
    part_number: str | None = None
    expected: int | None = None
    serial: str | None = None
    equipment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFacts:
    """What is known of a delivery; all of it may be missing.

    scans: tracking numbers as read. entry_key: of the form or device, one entry per key.
    again: the clerk says it is another parcel although the number is known.
    """

    scans: Sequence[str] = ()
    carrier: str | None = None
    sender: str | None = None
    po_number: str | None = None
    recipient: str | None = None
    pieces: int | None = None
    condition: str | None = None
    seal: str | None = None
    bin: str | None = None
    notes: str | None = None
    expected_at: datetime | None = None
    lines: Sequence[LineFacts] = ()
    device_at: datetime | None = None
    entry_key: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """A signature as given: the typed name and what was drawn, if anything."""

    name: str
    strokes: Sequence[Sequence[int]] = ()
    address: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupFacts:
    """What is known of a pickup before it leaves."""

    reason: str
    requested_by: str | None = None
    owner: str | None = None
    carrier: str | None = None
    destination: str | None = None
    reference: str | None = None
    tracking_number: str | None = None
    pieces: int | None = None
    notes: str | None = None
    planned_at: datetime | None = None
    lines: Sequence[LineFacts] = ()
    entry_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What is checked and signed when a pickup leaves. `flag`: why equipment may go anyway."""

    authorised_by: str
    driver: str
    loaded: int
    signature: SignatureFacts
    company: str | None = None
    plate: str | None = None
    seal: str | None = None
    tracking_number: str | None = None
    flag: str | None = None
    device_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CountFacts:
    """What was counted on a line."""

    line_id: int
    received: int
    damaged: int = 0
    serials: Sequence[str] = field(default_factory=tuple)
    note: str | None = None
