"""Forms of parties and contacts."""

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from facilities.parties.models import PARTY_KINDS
from facilities.web.forms import HouseForm, choices, number_between, strip


class PartyForm(HouseForm):
    """A party."""

    kind = SelectField("Kind", choices=choices((kind, kind.capitalize()) for kind in PARTY_KINDS))
    name = StringField("Name", [DataRequired("A party needs a name."), Length(max=120)])
    code = StringField("Code", [Length(max=20)], filters=[strip])
    notes = TextAreaField("Notes", [Length(max=5000)], filters=[strip])
    active = BooleanField("Active", default=True)


class ContactForm(HouseForm):
    """A person of a party."""

    name = StringField("Name", [DataRequired("A contact needs a name."), Length(max=120)])
    role = StringField("Role", [Length(max=60)], filters=[strip])
    phone = StringField("Phone", [Length(max=40)], filters=[strip])
    email = StringField("Mail", [Length(max=254)], filters=[strip])
    rank = IntegerField("Called", [Optional(), number_between(1, 99)], default=1)
