"""The demo site is written through the rules, once, and everything in it holds."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.ledger import verify_history
from facilities.demo.people import ADMIN, PEOPLE
from facilities.demo.records import is_seeded, seed
from facilities.demo.site import demo_site
from facilities.hosting.models import ClaimCell, Equipment
from facilities.power.chain_queries import plant_of_site
from facilities.power.graph import judge_chain
from facilities.power.models import Cord, PowerNode
from facilities.shipping.models import Delivery, Pickup

SITE = demo_site()
PASSWORDS = {name: "a long enough password" for name, *_ in (*PEOPLE, ADMIN)}


def test_the_demo_site_is_written_whole(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert not is_seeded(session, SITE)
        seeded = seed(session, SITE, PASSWORDS)
        session.commit()
        assert is_seeded(session, SITE)
        counts = {
            kind.__name__: session.scalar(select(func.count()).select_from(kind))
            for kind in (Equipment, PowerNode, Cord, Delivery, Pickup)
        }
        assert counts == {
            "Equipment": len(SITE.pieces),
            "PowerNode": len(SITE.nodes),
            "Cord": sum(len(piece.cords) for piece in SITE.pieces),
            "Delivery": 5,
            "Pickup": 1,
        }
        cells = session.scalar(select(func.count()).select_from(ClaimCell))
        halves = sum(
            p.type.height_half_u * (2 if p.type.full_depth else 1) * 2 for p in SITE.pieces
        )
        assert cells == halves
        chain = plant_of_site(session, seeded.site_id).chain
        assert judge_chain(chain.nodes.values(), chain.edges).ok
        _, findings = verify_history(session)
        assert findings == []
