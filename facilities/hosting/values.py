"""What services are given and give back: plain values. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentFacts:
    """What is known of a piece of equipment apart from where it stands.

    On adding, None in height, depth, width, weight and rating means: as its type says.
    """

    name: str
    status: str = "active"
    type_id: int | None = None
    owner_id: int | None = None
    serial: str | None = None
    asset_tag: str | None = None
    height_half_u: int | None = None
    full_depth: bool | None = None
    depth_mm: int | None = None
    length_mm: float | None = None
    weight_kg: float | None = None
    weight_with_children: bool = False
    budget_w: float | None = None
    rated_w: float | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a piece stands: in units of a rack, in a side channel, in a parent, or nowhere.

    start_half_u: 1 is the lower half of U1. lane: full, left, right. over_hold_id: the hold that is
    given up for it, by name and on purpose (F2).
    """

    rack_id: int | None = None
    start_half_u: int | None = None
    face: str = "front"
    lane: str = "full"
    channel: str | None = None
    channel_start_mm: float | None = None
    parent_id: int | None = None
    bay: str | None = None
    over_hold_id: int | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class RackFacts:
    """Everything of a rack that a person enters."""

    name: str
    room_id: int
    row_id: int | None = None
    type_id: int | None = None
    owner_id: int | None = None
    status: str = "active"
    serial: str | None = None
    asset_tag: str | None = None
    height_u: int = 42
    width_in: int = 19
    starting_unit: int = 1
    desc_units: bool = False
    outer_width_mm: float | None = None
    outer_depth_mm: float | None = None
    rail_depth_mm: float | None = None
    tare_kg: float | None = None
    static_limit_kg: float | None = None
    dynamic_limit_kg: float | None = None
    transport_limit_kg: float | None = None
    channel_length_mm: float | None = None
    channel_slots: int = 2
    blanked_u: float | None = None
    budget_w: float | None = None
    x_mm: float | None = None
    y_mm: float | None = None
    facing: int = 0
    notes: str | None = None
