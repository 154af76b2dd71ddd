"""Writes a day at the demo's dock: bins, announced orders, parcels that wait, a pickup."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from facilities.shipping import service_bins
from facilities.shipping.service_pickups import request
from facilities.shipping.service_receive import expect, receive
from facilities.shipping.values import LineFacts, ParcelFacts, PickupFacts

#: (code, name, the bin above)
BINS = (
    ("DOCK", "Dock floor", None),
    ("SHELF-1", "Storage shelf 1", None),
    ("SHELF-2", "Storage shelf 2", None),
    ("CAGE", "Locked cage", None),
    ("CAGE-01", "Cage, upper board", "CAGE"),
)
#: Numbers with check digits that are right; they belong to no real parcel of ours.
PARCELS = (
    ParcelFacts(
        scans=("1Z5R89390357567127",), recipient="Harbour Bank", pieces=1, condition="ok",
        bin="SHELF-1",
    ),
    ParcelFacts(
        scans=("986578788855",), carrier="FedEx", recipient="Larkspur Media", pieces=2,
        condition="damaged", notes="Corner crushed, photo taken", bin="SHELF-2",
    ),
    ParcelFacts(scans=("3318810025",), carrier="DHL Express", pieces=1, notes="No name on it"),
)  # fmt: skip
ORDERS = (
    ("PO-4711", "Anvil", "Platform team", LineFacts(description="S1 web server", expected=4)),
    ("PO-4712", "Beacon", "Network team", LineFacts(description="T48 switch", expected=20)),
)


def add_dock(session: Session, site_id: int, at: datetime) -> None:
    """Everything of the dock, as if logged in the last days."""
    for code, name, above in BINS:
        service_bins.save(session, None, site_id=site_id, code=code, name=name, parent=above)
    for days, facts in enumerate(PARCELS):
        receive(session, site_id, facts, at - timedelta(days=3 * days, hours=2))
    for days, (order, sender, recipient, line) in enumerate(ORDERS):
        facts = ParcelFacts(
            po_number=order,
            sender=sender,
            recipient=recipient,
            lines=(line,),
            expected_at=at + timedelta(days=days, hours=3),
        )
        expect(session, site_id, facts, at - timedelta(days=1))
    item = LineFacts(description="Failed supply of database-115", serial="PS-0115")
    pickup = PickupFacts(
        reason="rma",
        requested_by="Fiona Ferrer",
        owner="Harbour Bank",
        carrier="UPS",
        destination="Anvil repair centre",
        reference="RMA-2290",
        pieces=1,
        lines=(item,),
    )
    request(session, site_id, pickup, at - timedelta(hours=5))
