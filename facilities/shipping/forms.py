"""Forms of the dock. Names of people and places are typed or scanned, never chosen from a tree."""

import json

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from facilities.shipping.values import (
    CONDITIONS,
    REASON_NAMES,
    REASONS,
    LineFacts,
    SignatureFacts,
)
from facilities.web.forms import HouseForm, choices, number_between, strip

CONDITION_CHOICES = choices((name, name.capitalize()) for name in CONDITIONS)
REASON_CHOICES = choices(
    (r, REASON_NAMES.get(r, r.replace("_", " ").capitalize())) for r in REASONS
)
#: How many announced lines a form asks for at once; more can be added on the page.
LINES = 5


def _text(label: str, most: int, **more: object) -> StringField:
    return StringField(label, [Length(max=most)], filters=[strip], **more)


class SiteForm(HouseForm):
    """A form that makes something at a site."""

    site_id = SelectField("Site", coerce=int)
    entry_key = HiddenField()


class ReceiveForm(SiteForm):
    """A parcel at the dock: one scan, everything else may follow later."""

    scan = _text("Scan the tracking number", 320)
    pieces = IntegerField("Pieces", [Optional(), number_between(1, 9999)], default=1)
    condition = SelectField("Condition", choices=CONDITION_CHOICES, default="ok")
    recipient = _text("For", 120)
    bin = _text("Bin", 80)
    po_number = _text("Order (PO)", 60)
    notes = StringField("Note", [Length(max=500)], filters=[strip])
    again = BooleanField("Another parcel with the same number")
    device_at = HiddenField()


class ExpectForm(SiteForm):
    """An announced delivery."""

    po_number = _text("Order (PO)", 60)
    sender = _text("From", 120)
    carrier = _text("Carrier", 120)
    scan = _text("Tracking number", 320)
    recipient = _text("For", 120)
    pieces = IntegerField("Pieces", [Optional(), number_between(1, 9999)])
    expected_on = DateField("Expected on", [Optional()])
    notes = TextAreaField("Note", [Length(max=2000)], filters=[strip])


class EditForm(HouseForm):
    """What is known of an entry."""

    carrier = _text("Carrier", 120)
    sender = _text("From", 120)
    po_number = _text("Order (PO)", 60)
    recipient = _text("For", 120)
    pieces = IntegerField("Pieces", [Optional(), number_between(1, 9999)])
    condition = SelectField("Condition", choices=CONDITION_CHOICES)
    seal = _text("Seal", 60)
    notes = TextAreaField("Note", [Length(max=2000)], filters=[strip])


class StoreForm(HouseForm):
    """Into which bin."""

    bin = _text("Bin", 80)


class AssignForm(HouseForm):
    """For whom it is."""

    recipient = _text("For", 120)


class ReasonForm(HouseForm):
    """Refuse or void."""

    reason = _text("Reason", 300)


class StateForm(HouseForm):
    """Any other step."""

    state = SelectField("Next step", validate_choice=False)
    note = _text("Note", 500)


class SignedForm(HouseForm):
    """A form that ends with a signature: typed name, and the drawing where one was made."""

    signed_name = _text("Name of the person who signs", 120)
    strokes = HiddenField()
    device_at = HiddenField()

    def signature(self, address: str | None, device: str | None) -> SignatureFacts:
        """What was signed; a drawing that cannot be read counts as none."""
        return SignatureFacts(
            name=self.signed_name.data or "",
            strokes=strokes_in(self.strokes.data),
            address=address,
            device=device,
        )


def strokes_in(text: str | None) -> list[list[int]]:
    """Strokes as the canvas sends them, `[[x, y, x, y], ...]`; anything else is no drawing."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list) or not all(isinstance(stroke, list) for stroke in found):
        return []
    whole = all(type(n) is int for stroke in found for n in stroke)
    return found if whole else []


class HandOverForm(SignedForm):
    """Scan parcels one after the other, then sign once."""

    scan = _text("Scan a parcel to add it", 320)
    note = _text("Note", 300)


class PickupForm(SiteForm):
    """A pickup before it leaves."""

    reason = SelectField("Reason", choices=REASON_CHOICES)
    requested_by = _text("Asked for by", 120)
    owner = _text("Owner", 120)
    carrier = _text("Carrier", 120)
    destination = _text("To", 300)
    reference = _text("RMA or pick-up number", 60)
    tracking_number = _text("Tracking number", 80)
    pieces = IntegerField("Pieces", [Optional(), number_between(1, 9999)])
    planned_on = DateField("Planned for", [Optional()])
    notes = TextAreaField("Note", [Length(max=2000)], filters=[strip])


class ApproveForm(HouseForm):
    """Who approves."""

    approver = _text("Approved by", 120)


class ReleaseForm(SignedForm):
    """What is checked before a pickup leaves."""

    authorised_by = _text("Released by (authorised name)", 120)
    driver = _text("Driver", 120)
    company = _text("Company", 120)
    plate = _text("Vehicle plate", 30)
    seal = _text("Seal", 60)
    tracking_number = _text("Tracking number", 80)
    loaded = IntegerField("Pieces loaded", [Optional(), number_between(1, 9999)])
    flag = _text("Why it may leave all the same", 200)


class DeliveredForm(HouseForm):
    """Proof of delivery."""

    received_by = _text("Received by", 120)


class BinForm(SiteForm):
    """A bin."""

    code = _text("Code on the label", 40)
    name = _text("Name", 120)
    parent = _text("In bin", 40)
    active = BooleanField("In use", default=True)


def lines_in(sent: dict[str, list[str]], known: dict[str, int] | None = None) -> list[LineFacts]:
    """Announced lines from the columns `line`, `line_part`, `line_expected` of a form.

    known: equipment by lower-case serial, asset tag or name, for the lines of a pickup.
    """
    names, parts, counts = (sent.get(k, []) for k in ("line", "line_part", "line_expected"))
    found = []
    for place, name in enumerate(names):
        text = name.strip()
        if not text:
            continue
        part = parts[place].strip() if place < len(parts) else ""
        number = counts[place].strip() if place < len(counts) else ""
        found.append(
            LineFacts(
                description=text[:200],
                part_number=part[:80] or None,
                expected=int(number) if number.isascii() and number.isdigit() else None,
                equipment_id=(known or {}).get(text.lower()),
            )
        )
    return found
