"""Pages of equipment types, and the lists behind the text fields of forms."""

from flask import render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit
from facilities.errors import NotFound
from facilities.hosting import queries_equipment
from facilities.hosting.models import Equipment, EquipmentType
from facilities.hosting.queries_racks import racks_seen
from facilities.hosting.views_blueprint import blueprint
from facilities.hosting.views_drawing import known
from facilities.readings import ObjectRef
from facilities.sites.queries import within
from facilities.web import show
from facilities.web.house import session, viewer
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact

VIEW = Permission.RACKS_VIEW
OFFERED = 30


@blueprint.get("/equipment-types")
@permit(VIEW)
def equipment_types() -> str:
    """Equipment types with their filters."""
    page = paginate(session(), queries_equipment.types_seen(request.args.to_dict()))
    makers = queries_equipment.makers(session())
    return render_template("hosting/types.html", page=page, makers=makers)


@blueprint.get("/equipment-types/<int:type_id>")
@permit(VIEW)
def equipment_type(type_id: int) -> str:
    """A type: size, weight, power, ports, and everything else its library says."""
    kind = session().get(EquipmentType, type_id, options=[selectinload(EquipmentType.ports)])
    if kind is None:
        raise NotFound("There is no such equipment type.")
    own = within(Equipment.site_id, viewer(), VIEW)
    count = select(func.count()).where(Equipment.type_id == kind.id, *own)
    facts = [
        KeyFact("Height", show.half_units(kind.height_half_u)),
        KeyFact("Depth", "full" if kind.full_depth else "half"),
        KeyFact("Weight", known(kind.weight_kg, "kg")),
        KeyFact("Nameplate", known(kind.rated_w, "W")),
        KeyFact("Airflow", kind.airflow.replace("-", " ") if kind.airflow else None),
        KeyFact("Part number", kind.part_number),
        KeyFact("Pieces here", str(session().scalar(count) or 0)),
    ]
    ref = ObjectRef("equipment_type", kind.id)
    head = ObjectHead(ref, f"Equipment type by {kind.maker.name}", kind.model, facts=facts)
    return render_object(head, {"overview": ("Overview", "hosting/type.html")}, kind=kind)


@blueprint.get("/equipment-types/options")
@permit(VIEW)
def type_options() -> str:
    """What the type field offers for what was typed so far."""
    asked = {"q": request.args.get("type_id", "")}
    found = session().scalars(queries_equipment.types_seen(asked).limit(OFFERED))
    words = [queries_equipment.type_words(kind) for kind in found]
    return render_template("hosting/options.html", words=words)


@blueprint.get("/racks/options")
@permit(VIEW)
def rack_options() -> str:
    """What the rack field offers for what was typed so far."""
    asked = {"q": request.args.get("rack_id", "").rpartition("/")[2]}
    found = session().scalars(racks_seen(viewer(), asked).limit(OFFERED))
    words = [queries_equipment.rack_text(rack) for rack in found]
    return render_template("hosting/options.html", words=words)
