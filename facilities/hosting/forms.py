"""Forms of racks and equipment. What people type (a rack's name, a type) is looked up by views."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from facilities.hosting import lifecycle
from facilities.hosting.channels import CHANNELS
from facilities.hosting.footprint import FACINGS
from facilities.hosting.units import WIDTHS_IN
from facilities.parties.models import Party
from facilities.sites.models import RackRow, Room
from facilities.web.forms import HouseForm, choices, strip

NOBODY = ("", "nobody yet")


def optional_int(value: Any) -> int | None:
    """A choice that may be empty."""
    return int(value) if value not in (None, "", "None") else None


def owner_field() -> SelectField:
    """Who owns it; the choices are set by `offer_owners`."""
    return SelectField("Owner", coerce=optional_int)


def text(label: str, most: int, **kwargs: Any) -> StringField:
    """An optional text of at most so many characters."""
    return StringField(label, [Optional(), Length(max=most)], [strip], **kwargs)


def number(label: str) -> FloatField:
    """An optional number; empty is unknown, not zero."""
    return FloatField(label, [Optional()])


class OwnedForm(HouseForm):
    """What racks and equipment have in common."""

    name = StringField("Name", [InputRequired("Enter a name."), Length(max=120)], [strip])
    owner_id = owner_field()
    serial = text("Serial number", 80)
    asset_tag = text("Asset tag", 60)
    notes = TextAreaField("Notes", [Optional(), Length(max=4000)], [strip])

    def offer_owners(self, owners: Iterable[Party]) -> None:
        """Fill the owners' list."""
        pairs = [(str(owner.id), owner.name) for owner in owners]
        self.owner_id.choices = choices([NOBODY, *pairs])


class RackForm(OwnedForm):
    """A rack: where it stands, how high it is, what it carries."""

    name = StringField("Name", [InputRequired("Enter a name."), Length(max=60)], [strip])
    room_id = SelectField("Room", coerce=optional_int)
    row_id = SelectField("Row", coerce=optional_int)
    type_id = SelectField("Rack type", coerce=optional_int)
    status = SelectField("Status", choices=choices((s, s.capitalize()) for s in lifecycle.RACK))
    height_u = IntegerField("Height", [InputRequired("Enter the height.")], default=42)
    width_in = SelectField(
        "Width between rails", coerce=int, choices=choices((str(w), str(w)) for w in WIDTHS_IN)
    )
    starting_unit = IntegerField("First printed number", [InputRequired()], default=1)
    desc_units = BooleanField("Numbers run from the top down")
    outer_width_mm = number("Outer width")
    outer_depth_mm = number("Outer depth")
    rail_depth_mm = number("Depth between rails")
    tare_kg = number("Empty weight")
    static_limit_kg = number("Limit standing")
    dynamic_limit_kg = number("Limit on casters")
    transport_limit_kg = number("Limit shipped")
    channel_length_mm = number("Side channel length")
    channel_slots = IntegerField("Pieces a side channel takes", [InputRequired()], default=2)
    blanked_u = number("Units with blanking panels")
    budget_w = number("Power budget")
    x_mm = number("Distance from the left wall")
    y_mm = number("Distance from the lower wall")
    facing = SelectField(
        "Front", coerce=int, choices=choices((str(d), words) for d, words in FACINGS.items())
    )

    def offer_rooms(self, rooms: Iterable[Room], rows: Iterable[RackRow]) -> None:
        """Fill the lists of rooms and rows."""
        self.room_id.choices = choices(
            (str(room.id), f"{room.floor.building.site.code} / {room.code} {room.name}")
            for room in rooms
        )
        pairs = [(str(row.id), f"{row.room.code} / row {row.code}") for row in rows]
        self.row_id.choices = choices([("", "in no row"), *pairs])


class PlaceForm(HouseForm):
    """Where a piece stands."""

    rack_id = text("Rack", 160)
    position_u = FloatField("Lowest unit", [Optional()])
    face = SelectField("Mounted on", choices=choices([("front", "Front"), ("rear", "Rear")]))
    lane = SelectField(
        "Width",
        choices=choices([("full", "Full"), ("left", "Left half"), ("right", "Right half")]),
    )
    channel = SelectField(
        "Side channel",
        choices=choices([("", "none"), *((c, c.replace("-", ", ")) for c in CHANNELS)]),
    )
    channel_start_mm = number("From the bottom of the channel")
    parent_id = text("Chassis or shelf", 160)
    bay = text("Bay", 64)
    over_hold_id = HiddenField()


class EquipmentForm(OwnedForm):
    """What is known of a piece of equipment."""

    type_id = text("Equipment type", 250)
    status = SelectField(
        "Status",
        choices=choices((s, s.capitalize()) for s in lifecycle.EQUIPMENT if s != "disposed"),
        default="active",
    )
    height_u = FloatField("Height", [Optional()])
    half_deep = BooleanField("Half depth: takes only the face it is mounted on")
    depth_mm = IntegerField("Depth", [Optional()])
    length_mm = number("Length of a 0U piece")
    weight_kg = number("Weight")
    weight_with_children = BooleanField("Weighed with everything in it")
    budget_w = number("Power budget")
    rated_w = number("Nameplate power")


class NewEquipmentForm(EquipmentForm, PlaceForm):
    """A new piece and its place."""

    site_id = SelectField("Site, when it stands in no rack", coerce=optional_int)


class MoveForm(PlaceForm):
    """Another place for a piece."""

    reason = text("Reason", 200)


class RemoveForm(HouseForm):
    """Take a piece out of its rack."""

    status = SelectField(
        "It becomes",
        choices=choices(
            [
                ("removed", "Removed: out of its rack, not yet decided"),
                ("received", "Back in storage"),
                ("disposed", "Disposed of: for good"),
            ]
        ),
    )
    reason = StringField("Reason", [InputRequired("Say why."), Length(max=200)], [strip])
