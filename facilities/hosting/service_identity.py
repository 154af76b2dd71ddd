"""Serials are unique per maker, asset tags in the whole house (UN-06)."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from facilities.errors import Conflict
from facilities.hosting.models import Equipment, Rack, RackType

RULE = "UN-06"


def check_equipment(
    session: Session,
    serial: str | None,
    maker_id: int | None,
    asset_tag: str | None,
    except_id: int | None = None,
) -> None:
    """Raise Conflict naming who has the serial (of this maker) or the asset tag already."""
    if serial:
        same = select(Equipment).where(func.lower(Equipment.serial) == serial.lower())
        maker = Equipment.maker_id
        same = same.where(maker.is_(None) if maker_id is None else maker == maker_id)
        _refuse_equipment(session, same, except_id, "serial", serial)
    if asset_tag:
        same = select(Equipment).where(func.lower(Equipment.asset_tag) == asset_tag.lower())
        _refuse_equipment(session, same, except_id, "asset_tag", asset_tag)
        _refuse_rack(session, _racks_tagged(asset_tag), None, "asset_tag", asset_tag)


def check_rack(
    session: Session,
    serial: str | None,
    maker_id: int | None,
    asset_tag: str | None,
    except_id: int | None = None,
) -> None:
    """The same for a rack; its maker is that of its rack type."""
    if serial:
        same = select(Rack).where(func.lower(Rack.serial) == serial.lower())
        same = same.outerjoin(RackType, Rack.type_id == RackType.id)
        maker = RackType.maker_id
        same = same.where(maker.is_(None) if maker_id is None else maker == maker_id)
        _refuse_rack(session, same, except_id, "serial", serial)
    if asset_tag:
        _refuse_rack(session, _racks_tagged(asset_tag), except_id, "asset_tag", asset_tag)
        same_tag = select(Equipment).where(func.lower(Equipment.asset_tag) == asset_tag.lower())
        _refuse_equipment(session, same_tag, None, "asset_tag", asset_tag)


def _racks_tagged(asset_tag: str) -> Select[Rack]:
    return select(Rack).where(func.lower(Rack.asset_tag) == asset_tag.lower())


def _refuse_equipment(
    session: Session,
    same: Select[Equipment],
    except_id: int | None,
    field: str,
    value: str,
) -> None:
    other = session.scalar(same.where(Equipment.id != (except_id or 0)).limit(1))
    if other is not None:
        where = f" in rack {other.rack.name}" if other.rack else ""
        raise _taken(field, value, f"{other.name}{where} ({other.status})")


def _refuse_rack(
    session: Session, same: Select[Rack], except_id: int | None, field: str, value: str
) -> None:
    other = session.scalar(same.where(Rack.id != (except_id or 0)).limit(1))
    if other is not None:
        raise _taken(field, value, f"rack {other.name}")


def _taken(field: str, value: str, other: str) -> Conflict:
    what = "serial number" if field == "serial" else "asset tag"
    return Conflict(f"The {what} {value} belongs to {other} already.", field, RULE)
