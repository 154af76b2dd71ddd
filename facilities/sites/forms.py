"""Forms of sites, buildings, floors, rooms, rows."""

from wtforms import FloatField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from facilities.sites import service
from facilities.web.forms import HouseForm, choices, strip


def words(text: str) -> str:
    """`white_space` -> `White space`."""
    return text.replace("_", " ").capitalize()


class CodeForm(HouseForm):
    """Code and name, which all of them have."""

    code = StringField("Code", [InputRequired("Enter a code."), Length(max=20)], [strip])
    name = StringField("Name", [InputRequired("Enter a name."), Length(max=120)], [strip])


class SiteForm(CodeForm):
    """A site."""

    time_zone = StringField("Time zone", [InputRequired(), Length(max=64)], [strip], default="UTC")
    address = StringField("Address", [Optional(), Length(max=300)], [strip])
    policy_pack = SelectField(
        "Electrical policy",
        choices=choices(
            [
                ("nec", "NEC: continuous loads to 80 % of the rating"),
                ("nec_100", "NEC, listed 100 %-rated assemblies"),
                ("iec", "IEC: to the rating"),
                ("custom", "Custom"),
            ]
        ),
    )
    phase_names = SelectField("Phases are called", choices=list(service.PHASE_NAMES))


class BuildingForm(CodeForm):
    """A building."""


class FloorForm(CodeForm):
    """A floor."""

    level = IntegerField("Level", [InputRequired("Enter a number.")], default=0)


class RoomForm(CodeForm):
    """A room."""

    kind = SelectField("Kind", choices=choices((k, words(k)) for k in service.ROOM_KINDS))
    width_mm = IntegerField("Width", [Optional()])
    depth_mm = IntegerField("Depth", [Optional()])
    tile_mm = FloatField("Floor tile", [InputRequired("Enter a size.")], default=600.0)
    floor_limit_kg_m2 = FloatField("Floor load limit", [Optional()])


class RowForm(HouseForm):
    """A row of racks."""

    code = StringField("Code", [InputRequired("Enter a code."), Length(max=20)], [strip])
    name = StringField("Name", [Optional(), Length(max=120)], [strip])
