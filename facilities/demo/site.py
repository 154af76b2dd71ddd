"""The demo site: Ashburn One, two data halls, 26 racks, 2N power, five cooling units."""

from functools import cache

from facilities.demo import catalogue, space, supply
from facilities.demo.shapes import DemoSite


@cache
def demo_site() -> DemoSite:
    """The whole description, the same at every call."""
    return DemoSite(
        code="ASH1",
        name="Ashburn One",
        time_zone="America/New_York",
        address="1 Example Way, Ashburn",
        rooms=space.ROOMS,
        parties=catalogue.PARTIES,
        types=catalogue.TYPES,
        racks=tuple(space.racks()),
        pieces=tuple(space.pieces()),
        nodes=tuple(supply.nodes()),
        cracs=tuple(supply.cracs()),
        devices=tuple(supply.devices()),
    )
