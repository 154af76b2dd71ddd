"""Labels are one press away from the page of what gets one."""

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.facilities.conftest import Person
from tests.facilities.hosting.world import make_world


def test_a_rack_and_a_piece_lead_to_their_labels(
    records: Session, person: Callable[..., Person]
) -> None:
    world = make_world(records)
    piece = world.one("web-1", 5)
    records.commit()
    viewer = person("viewer")
    for page, ref in (
        (f"/racks/{world.rack.id}", f"rack:{world.rack.id}"),
        (f"/equipment/{piece.id}", f"equipment:{piece.id}"),
    ):
        link = re.search(r'href="(/labels\?[^"]+)"', viewer.get(page).text)
        assert link is not None
        choose = viewer.get(link[1])
        assert choose.status_code == 200 and f'value="{ref}"' in choose.text
