"""Forms of the power area."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, FloatField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from facilities.power.models import NODE_KINDS
from facilities.power.service import FEEDS, STATES
from facilities.web.forms import HouseForm, number_between, strip


def choices(pairs: Iterable[tuple[Any, str]]) -> list[Any]:
    """(value, words) as a SelectField takes them."""
    return [SelectChoice(value=value, label=words) for value, words in pairs]


FEED_CHOICES = [(feed, feed or "none") for feed in FEEDS]
PHASE_CHOICES = [
    ("L1,L2,L3", "L1 L2 L3"),
    *((pair, pair.replace(",", " ")) for pair in ("L1,L2", "L2,L3", "L1,L3")),
    *((line, line) for line in ("L1", "L2", "L3")),
]
NEUTRAL_CHOICES = [("", "not recorded"), ("yes", "run"), ("no", "not run")]
LAYOUT_WORDS = {
    "nema": "odd left, even right",
    "sequential": "left column first",
    "ways": "IEC ways, L1 L2 L3 each",
}


def id_or_none(value: Any) -> int | None:
    """A SelectField coerce for optional ids."""
    return int(value) if value not in (None, "", "None") else None


def yes_no(value: str | None) -> bool | None:
    """The neutral as the row keeps it."""
    return {"yes": True, "no": False}.get(value or "")


class NodeForm(HouseForm):
    """A node of the chain; what a kind has no use for stays empty."""

    kind = SelectField("Kind", choices=choices((k, k.replace("_", " ")) for k in NODE_KINDS))
    name = StringField("Name", [InputRequired("Give it a name."), Length(max=60)], [strip])
    feed = SelectField("Feed", choices=choices(FEED_CHOICES))
    fed_by = StringField("Fed by", [Optional(), Length(max=80)], [strip])
    room_id = SelectField("Room", coerce=id_or_none)
    rack = StringField("Rack", [Optional(), Length(max=60)], [strip])
    equipment = StringField("Equipment", [Optional(), Length(max=120)], [strip])
    voltage_v = FloatField("Nominal voltage", [Optional()])
    phases = SelectField("Phases", choices=choices(PHASE_CHOICES))
    neutral = SelectField("Neutral", choices=choices(NEUTRAL_CHOICES))
    rating_a = FloatField("Rating", [Optional()])
    rating_w = FloatField("Rated power", [Optional()])
    rating_va = FloatField("Rated apparent power", [Optional()])
    continuous_factor = FloatField("Own continuous factor", [Optional()])
    derate = FloatField("Derate", [Optional()])
    spaces = IntegerField("Positions", [Optional()])
    layout = SelectField("Layout", choices=choices([("", "no panel"), *LAYOUT_WORDS.items()]))


class BreakerForm(HouseForm):
    """A breaker at a position of a panel."""

    start = IntegerField("First position", [InputRequired("Say where it sits.")])
    poles = SelectField("Poles", choices=choices([(n, str(n)) for n in (1, 2, 3)]), coerce=int)
    rating_a = FloatField("Rating", [Optional(), number_between(0.1, 20_000, "A")])
    usage = SelectField("Use", choices=choices((use, use) for use in ("used", "spare", "blank")))
    destination = StringField("Destination", [Optional(), Length(max=120)], [strip])
    name = StringField("Own name", [Optional(), Length(max=60)], [strip])
    curve = StringField("Curve", [Optional(), Length(max=10)], [strip])
    continuous_factor = FloatField("Own continuous factor", [Optional()])
    derate = FloatField("Derate", [Optional()])


class SwitchForm(HouseForm):
    """Open, close, or record a trip."""

    state = SelectField("New state", choices=choices([(state, state) for state in STATES]))
    reason = StringField("Reason", [InputRequired("The history keeps the reason.")], [strip])


class LinkForm(HouseForm):
    """One more input of a node."""

    source = StringField("Fed by", [InputRequired("Name the node that feeds it.")], [strip])
    phases = SelectField("Phases", choices=choices([("", "as it works on"), *PHASE_CHOICES]))
    normally_open = BooleanField("Normally open (bypass)")
    preference = IntegerField("Preference", [Optional(), number_between(1, 9)])


class OutletForm(HouseForm):
    """One outlet by hand."""

    number = IntegerField("Number", [InputRequired("Give its number.")])
    name = StringField("Name", [Optional(), Length(max=64)], [strip])
    connector = StringField("Connector", [Optional(), Length(max=30)], [strip])
    rating_a = FloatField("Rating", [Optional()])
    phases = SelectField("Phases", choices=choices([("", "not recorded"), *PHASE_CHOICES]))
    bank = IntegerField("Bank", [Optional()])


class InletForm(HouseForm):
    """One inlet by hand."""

    name = StringField("Name", [InputRequired("Name it, as PSU1."), Length(max=64)], [strip])
    connector = StringField("Connector", [Optional(), Length(max=30)], [strip])
    rated_w = FloatField("Rated power", [Optional()])


class CordForm(HouseForm):
    """A cord: free outlet, free inlet. An inlet of a type not made yet is `type:EQUIPMENT:NAME`."""

    outlet_id = SelectField("Outlet", coerce=id_or_none)
    inlet = SelectField("Inlet", [InputRequired("Choose the inlet.")])
    label = StringField("Label", [Optional(), Length(max=60)], [strip])
