"""Forms of devices, bindings and calibrations."""

from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from facilities.monitoring.binding_service import FEEDS
from facilities.monitoring.models import DEVICE_STATES
from facilities.monitoring.service import LEAST_S, MOST_S
from facilities.web.forms import HouseForm, number_between, strip

_SECONDS = number_between(LEAST_S, MOST_S, "s")


class DeviceForm(HouseForm):
    """A device; secrets are written, never read."""

    site_id = SelectField("Site", coerce=int)
    key = StringField("Key", [InputRequired("Give the device a key."), Length(max=80)])
    name = StringField("Name", [InputRequired("Give the device a name."), Length(max=120)])
    url = StringField("URL", [InputRequired("Say how the device is reached."), Length(max=300)])
    profile = SelectField("Profile")
    community = PasswordField("Community", [Length(max=120)])
    auth_key = PasswordField("SNMPv3 auth key", [Length(max=120)])
    priv_key = PasswordField("SNMPv3 privacy key", [Length(max=120)])
    place = StringField("Place", [Length(max=120)], filters=[strip])
    state = SelectField(
        "State", choices=[SelectChoice(s, s.replace("_", " ")) for s in DEVICE_STATES]
    )
    enabled = BooleanField("Poll this device", default=True)
    every_fast_s = FloatField("Fast points every", [Optional(), _SECONDS])
    every_normal_s = FloatField("Normal points every", [Optional(), _SECONDS])
    every_slow_s = FloatField("Slow points every", [Optional(), _SECONDS])
    notes = TextAreaField("Notes", [Length(max=4000)], filters=[strip])


class BindingForm(HouseForm):
    """What a point of a device is to an object."""

    point = SelectField("Point", validate_choice=False)
    target = StringField("Object", [InputRequired("Say which object."), Length(max=120)])
    metric = StringField("Metric", [Length(max=60)], filters=[strip])
    feed = SelectField("Feed", choices=[SelectChoice(f, f or "no feed") for f in FEEDS])


class CalibrationForm(HouseForm):
    """The correction of a point: shown = decoded x scale + offset."""

    scale = FloatField("Scale", [InputRequired("Give a scale; 1 changes nothing.")], default=1.0)
    offset = FloatField("Offset", [InputRequired("Give an offset; 0 adds nothing.")], default=0.0)
    calibrated_on = DateField("Calibrated on", [Optional()])


class RemoveForm(HouseForm):
    """Only the CSRF token and the version."""
