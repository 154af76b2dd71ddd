"""Where power things stand, in the words and links of the areas below."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.permissions import Permission
from facilities.readings import ObjectRef
from facilities.sites.models import Room, Site
from facilities.web.house import house
from facilities.web.registry import Viewer


def my_sites(session: Session, who: Viewer) -> list[Site]:
    """The sites at which this person may look at power, by code."""
    allowed = who.sites_for(Permission.POWER_VIEW)
    wanted = select(Site).order_by(Site.code)
    if allowed is not None:
        wanted = wanted.where(Site.id.in_(allowed))
    return list(session.scalars(wanted))


def rooms_of(session: Session, site_id: int) -> list[Room]:
    """The rooms of a site by code."""
    return list(session.scalars(select(Room).where(Room.site_id == site_id).order_by(Room.code)))


def crumbs_of(
    session: Session, site_id: int, room_id: int | None, rack_id: int | None
) -> list[tuple[str, str]]:
    """(title, url) of site, room and rack, as far as they have pages."""
    wanted = [ObjectRef("site", site_id)]
    wanted += [ObjectRef("room", room_id)] if room_id is not None else []
    wanted += [ObjectRef("rack", rack_id)] if rack_id is not None else []
    links = house().registries.links(session, wanted)
    return [(links[ref].label, links[ref].url) for ref in wanted if ref in links]


def url_of(session: Session, ref: ObjectRef) -> str:
    """The page of an object of another area; "" where it has none."""
    link = house().registries.link(session, ref)
    return link.url if link is not None else ""
