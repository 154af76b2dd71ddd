"""One file of the community device-type library, read strictly. Pure.

The layout's facts (keys, allowed values, units) are those of the library's own schemas; which of
them matter here, and how they become kilograms, millimetres and half-units, is ours. Whatever has
no place of its own is kept in `extra`, so that nothing is lost.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from facilities.exchange.located import Node, Problem, Reader

KG = {"kg": 1.0, "g": 0.001, "lb": 0.45359237, "oz": 0.45359237 / 16}
MM = {"mm": 1.0, "in": 25.4}
#: The library's legs are letters; rows always say L1 L2 L3 (UN-03).
LEGS = {"A": "L1", "B": "L2", "C": "L3"}
AIRFLOWS = (
    *("front-to-rear", "rear-to-front", "left-to-right", "right-to-left", "side-to-rear"),
    *("rear-to-side", "bottom-to-top", "top-to-bottom", "passive", "mixed"),
)
FORM_FACTORS = (
    *("wall-cabinet", "4-post-frame", "2-post-frame", "4-post-cabinet", "wall-frame"),
    *("wall-frame-vertical", "wall-cabinet-vertical"),
)
SLUG = r"[-a-z0-9_]+"
PARTS = (
    *("console-ports", "console-server-ports", "power-ports", "power-outlets", "interfaces"),
    *("front-ports", "rear-ports", "module-bays", "device-bays", "inventory-items"),
)
COMMON = ("manufacturer", "model", "part_number", "weight", "weight_unit")
COMMON += ("description", "comments")  # type: ignore[assignment]
DEVICE_KEYS = frozenset(
    {*COMMON, *PARTS, "slug", "u_height", "is_full_depth", "airflow", "subdevice_role"}
    | {"front_image", "rear_image", "is_powered"}
)
RACK_KEYS = frozenset(
    {*COMMON, "slug", "form_factor", "width", "u_height", "starting_unit", "desc_units"}
    | {"outer_width", "outer_height", "outer_depth", "outer_unit", "mounting_depth", "max_weight"}
) - {"part_number"}
MODULE_KEYS = frozenset({*COMMON, *PARTS, "airflow", "attributes", "profile"}) - {"device-bays"}
HIGHEST_U, HEAVIEST, LARGEST, STRONGEST_W = 100, 1e6, 1e5, 1e6


@dataclass(frozen=True, slots=True)
class PortFacts:
    """A power inlet, power outlet or bay; the kinds are those of the type's ports."""

    kind: str
    name: str
    connector: str | None = None
    maximum_w: float | None = None
    allocated_w: float | None = None
    feed_leg: str | None = None
    inlet_name: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device type: heights in half-units, weight in kg, power in W."""

    maker: str
    model: str
    slug: str
    part_number: str | None
    height_half_u: int
    full_depth: bool
    weight_kg: float | None
    airflow: str | None
    subdevice_role: str | None
    rated_w: float | None
    comments: str | None
    extra: Mapping[str, object]
    ports: Sequence[PortFacts]


@dataclass(frozen=True, slots=True)
class RackFacts:
    """A rack type: lengths in mm, weights in kg."""

    maker: str
    model: str
    slug: str
    form_factor: str
    width_in: int
    height_u: int
    starting_unit: int
    desc_units: bool
    outer_width_mm: float | None
    outer_height_mm: float | None
    outer_depth_mm: float | None
    rail_depth_mm: float | None
    tare_kg: float | None
    static_limit_kg: float | None
    extra: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """A module type; draw_w is what its inlets draw at most together."""

    maker: str
    model: str
    part_number: str | None
    weight_kg: float | None
    draw_w: float | None
    extra: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds, or why it is refused. facts is None exactly when there are problems."""

    facts: DeviceFacts | RackFacts | ModuleFacts | None
    problems: Sequence[Problem]


def slug_of(name: str) -> str:
    """A maker's slug, by which spellings of one maker are merged: `Palo  Alto` -> `palo-alto`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def parse_device(node: Node) -> Parsed:
    """A file of device-types/."""
    problems: list[Problem] = []
    read = Reader(node, problems)
    read.only(DEVICE_KEYS)
    maker, model, part = _who(read)
    height = read.number("u_height", HIGHEST_U, required=True, step=0.5)
    ports = _ports(read)
    facts = DeviceFacts(
        maker=maker,
        model=model,
        slug=read.text("slug", 160, required=True, pattern=SLUG) or "",
        part_number=part,
        height_half_u=round(2 * (height or 0)),
        full_depth=bool(read.flag("is_full_depth", required=True)),
        weight_kg=_weight(read, "weight"),
        airflow=read.choice("airflow", AIRFLOWS),
        subdevice_role=read.choice("subdevice_role", ("parent", "child")),
        rated_w=nameplate_w([port for port in ports if port.kind == "power_inlet"]),
        comments=read.text("comments", 100_000),
        extra=_extra(read, ("power-ports", "power-outlets", "module-bays", "device-bays")),
        ports=ports,
    )
    for key in ("front_image", "rear_image", "is_powered"):
        read.flag(key)
    return _done(facts, problems)


def parse_rack(node: Node) -> Parsed:
    """A file of rack-types/. mounting_depth is in the unit of the outer sizes."""
    problems: list[Problem] = []
    read = Reader(node, problems)
    read.only(RACK_KEYS)
    maker, model, _ = _who(read)
    unit = read.choice("outer_unit", tuple(MM))
    outer = {
        key: _length(read, key, unit)
        for key in ("outer_width", "outer_height", "outer_depth", "mounting_depth")
    }
    widths = {10: 10, 19: 19, 20: 20, 21: 21, 23: 23}
    width = read.number("width", 23, required=True, step=1)
    if width is not None and width not in widths:
        read.note(read.fields["width"].line, f"width is {width:g}; it is one of {list(widths)}")
    facts = RackFacts(
        maker=maker,
        model=model,
        slug=read.text("slug", 160, required=True, pattern=SLUG) or "",
        form_factor=read.choice("form_factor", FORM_FACTORS, required=True) or "",
        width_in=int(width or 0),
        height_u=int(read.number("u_height", HIGHEST_U, required=True, step=1, least=1) or 0),
        starting_unit=int(read.number("starting_unit", 1000, required=True, step=1, least=1) or 0),
        desc_units=bool(read.flag("desc_units")),
        outer_width_mm=outer["outer_width"],
        outer_height_mm=outer["outer_height"],
        outer_depth_mm=outer["outer_depth"],
        rail_depth_mm=outer["mounting_depth"],
        tare_kg=_weight(read, "weight"),
        static_limit_kg=_weight(read, "max_weight"),
        extra=_extra(read, ("width", "u_height", "starting_unit", "desc_units", "form_factor")),
    )
    return _done(facts, problems)


def parse_module(node: Node) -> Parsed:
    """A file of module-types/."""
    problems: list[Problem] = []
    read = Reader(node, problems)
    read.only(MODULE_KEYS)
    maker, model, part = _who(read)
    read.choice("airflow", AIRFLOWS)
    draws = [port.maximum_w for port in _ports(read) if port.kind == "power_inlet"]
    known = [watts for watts in draws if watts is not None]
    facts = ModuleFacts(
        maker=maker,
        model=model,
        part_number=part,
        weight_kg=_weight(read, "weight"),
        draw_w=sum(known) if known else None,
        extra=_extra(read, ()),
    )
    return _done(facts, problems)


#: The folder of a kind of file, and what reads it.
PARSERS = {"device-types": parse_device, "rack-types": parse_rack, "module-types": parse_module}


def nameplate_w(inlets: Sequence[PortFacts]) -> float | None:
    """What the inlets may draw together; None when none of them says.

    Redundant supplies count once (PW-13): of n equal inlets the larger half carries the load, so
    two supplies of 750 W are 750 W. Unequal ones are added up.
    """
    known = [port.maximum_w for port in inlets if port.maximum_w is not None]
    if not known:
        return None
    if len(set(known)) == 1:
        return known[0] * -(-len(known) // 2)
    return sum(known)


def _who(read: Reader) -> tuple[str, str, str | None]:
    maker = read.text("manufacturer", 120, required=True) or ""
    if maker and not slug_of(maker):
        read.note(read.fields["manufacturer"].line, "manufacturer has no letter or digit")
    model = read.text("model", 120, required=True) or ""
    return maker, model, read.text("part_number", 80)


def _weight(read: Reader, key: str) -> float | None:
    """A weight in kg. 0 in the library stands for unknown; the file's own words stay in extra."""
    value = read.number(key, HEAVIEST)
    unit = read.choice("weight_unit", tuple(KG))
    if value is None:
        return None
    if unit is None:
        if "weight_unit" not in read.fields:
            read.note(read.fields[key].line, f"{key} needs a weight_unit: {', '.join(KG)}")
        return None
    return round(value * KG[unit], 6) or None


def _length(read: Reader, key: str, unit: str | None) -> float | None:
    value = read.number(key, LARGEST)
    if value is None:
        return None
    if unit is None:
        if "outer_unit" not in read.fields:
            read.note(read.fields[key].line, f"{key} needs an outer_unit: {', '.join(MM)}")
        return None
    return round(value * MM[unit], 3) or None


def _ports(read: Reader) -> list[PortFacts]:
    inlets = [_inlet(row) for row in read.rows("power-ports")]
    names = {port.name for port in inlets}
    outlets = [_outlet(row, names) for row in read.rows("power-outlets")]
    bays = [_bay(row, "device_bay") for row in read.rows("device-bays")]
    modules = [_bay(row, "module_bay") for row in read.rows("module-bays")]
    for key in PARTS:
        _unique_names(read, key)
    return [*inlets, *outlets, *bays, *modules]


def _unique_names(read: Reader, key: str) -> None:
    seen: set[str] = set()
    for row in read.rows(key):
        before = len(read.problems)
        name = row.text("name", 64, required=True)
        if key in ("power-ports", "power-outlets", "device-bays", "module-bays"):
            del read.problems[before:]  # read with its facts already
        if name is not None and name in seen:
            row.note(row.line, f"the name {name!r} is there twice")
        seen.add(name or "")


def _inlet(row: Reader) -> PortFacts:
    taken = ("name", "type", "maximum_draw", "allocated_draw")
    return PortFacts(
        kind="power_inlet",
        name=row.text("name", 64, required=True) or "",
        connector=row.text("type", 50, required=True),
        maximum_w=row.number("maximum_draw", STRONGEST_W),
        allocated_w=row.number("allocated_draw", STRONGEST_W),
        extra=row.rest(taken),
    )


def _outlet(row: Reader, inlets: set[str]) -> PortFacts:
    taken = ("name", "type", "feed_leg", "power_port")
    leg = row.choice("feed_leg", tuple(LEGS))
    inlet = row.text("power_port", 64)
    if inlet is not None and inlet not in inlets:
        row.note(row.line, f"power_port {inlet!r} is no power port of this type")
    return PortFacts(
        kind="power_outlet",
        name=row.text("name", 64, required=True) or "",
        connector=row.text("type", 50, required=True),
        feed_leg=LEGS[leg] if leg else None,
        inlet_name=inlet,
        extra=row.rest(taken),
    )


def _bay(row: Reader, kind: str) -> PortFacts:
    name = row.text("name", 64, required=True) or ""
    return PortFacts(kind=kind, name=name, extra=row.rest(("name",)))


def _extra(read: Reader, taken: Sequence[str]) -> dict[str, object]:
    """What has no column, and the file's own weights and lengths with their units (UN-01)."""
    read.text("description", 10_000)
    columns = ("manufacturer", "model", "slug", "part_number", "comments", "u_height")
    columns += ("is_full_depth", "airflow", "subdevice_role")  # type: ignore[assignment]
    return read.rest({*columns, *taken})


def _done(facts: DeviceFacts | RackFacts | ModuleFacts, problems: list[Problem]) -> Parsed:
    unique = sorted(set(problems), key=lambda problem: (problem.line, problem.words))
    return Parsed(None if unique else facts, unique)
