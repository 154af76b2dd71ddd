"""Pages of sites, rooms and rows. What stands in them is shown by the areas that know it."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.readings import ObjectRef
from facilities.sites import forms, queries, service
from facilities.sites.models import Building, Floor, RackRow, Room, Site
from facilities.web.forms import HouseForm
from facilities.web.house import house, session, viewer
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.work import attempt, check_version

blueprint = Blueprint("sites", __name__)
VIEW, EDIT = Permission.SITES_VIEW, Permission.SITES_EDIT


@blueprint.get("/sites")
@permit(VIEW)
def sites() -> str:
    """Every site with its summary."""
    page = paginate(session(), queries.sites_seen(viewer()))
    ids = [site.id for site in page.rows]
    summary = house().registries.summary(session(), viewer(), "site", ids)
    counts = queries.counts(session(), ids)
    return render_template("sites/sites.html", page=page, counts=counts, summary=summary)


@blueprint.get("/sites/<int:site_id>")
@permit(VIEW)
def site(site_id: int) -> str:
    """A site: its buildings, floors and rooms."""
    row = service.get(session(), Site, site_id)
    require(VIEW, row.id)
    buildings = queries.tree(session(), row.id)
    rooms = [r.id for b in buildings for floor in b.floors for r in floor.rooms]
    facts = [
        KeyFact("Code", row.code),
        KeyFact("Time zone", row.time_zone),
        KeyFact("Electrical policy", row.policy_pack.upper().replace("_", " ")),
        KeyFact("Phases", row.phase_names),
        KeyFact("Address", row.address),
        *house().registries.summary(session(), viewer(), "site", [row.id])[row.id],
    ]
    head = ObjectHead(ObjectRef("site", row.id), "Site", row.name, [], facts=facts)
    summary = house().registries.summary(session(), viewer(), "room", rooms)
    context: dict[str, Any] = {"site": row, "buildings": buildings, "summary": summary}
    return render_object(head, {"overview": ("Buildings and rooms", "sites/site.html")}, **context)


@blueprint.get("/rooms")
@permit(VIEW)
def rooms() -> str:
    """Every room, filtered by site and text."""
    site_id = request.args.get("site", type=int)
    wanted = queries.rooms_seen(viewer(), site_id, request.args.get("q", ""))
    page = paginate(session(), wanted)
    seen = session().scalars(queries.sites_seen(viewer())).all()
    ids = [room.id for room in page.rows]
    summary = house().registries.summary(session(), viewer(), "room", ids)
    return render_template("sites/rooms.html", page=page, sites=seen, summary=summary)


@blueprint.get("/rooms/<int:room_id>")
@permit(VIEW)
def room(room_id: int) -> str:
    """A room: its plan and whatever else other areas show of it."""
    row = service.get(session(), Room, room_id)
    require(VIEW, row.site_id)
    limit = row.floor_limit_kg_m2
    facts = [
        KeyFact("Kind", forms.words(row.kind)),
        KeyFact("Size", _size(row)),
        KeyFact("Floor tile", f"{row.tile_mm:g} mm"),
        KeyFact("Floor limit", f"{limit:g} kg/m²" if limit else None),
        *house().registries.summary(session(), viewer(), "room", [row.id])[row.id],
    ]
    crumbs = queries.crumbs_of_room(row, itself=False)
    head = ObjectHead(ObjectRef("room", row.id), "Room", row.name, crumbs, facts=facts)
    return render_object(head, {"overview": ("Overview", "sites/room.html")}, room=row)


def _size(row: Room) -> str | None:
    if row.width_mm is None or row.depth_mm is None:
        return None
    return f"{row.width_mm / 1000:g} x {row.depth_mm / 1000:g} m"


@blueprint.get("/rows/<int:row_id>")
@permit(VIEW)
def row(row_id: int) -> str:
    """A row of racks, drawn by the area that knows racks."""
    found = service.get(session(), RackRow, row_id)
    require(VIEW, found.site_id)
    crumbs = queries.crumbs_of_room(found.room)
    title = f"Row {found.code}" + (f" {found.name}" if found.name else "")
    head = ObjectHead(ObjectRef("row", found.id), "Row", title, crumbs)
    return render_object(head, {"overview": ("Racks", "sites/row.html")}, row=found)


@blueprint.route("/sites/new", methods=["GET", "POST"])
@permit(EDIT)
def new_site() -> ResponseReturnValue:
    """Add a site; only for those who edit at every site."""
    sites = viewer().sites_for(EDIT)
    if sites is not None:
        require(EDIT, 0)
    return entry(
        forms.SiteForm(),
        "New site",
        service.SiteFacts,
        lambda facts: service.add_site(session(), facts),
    )


@blueprint.route("/sites/<int:above_id>/buildings/new", methods=["GET", "POST"])
@permit(EDIT)
def new_building(above_id: int) -> ResponseReturnValue:
    """Add a building to a site."""
    above = service.get(session(), Site, above_id)
    require(EDIT, above.id)
    return entry(
        forms.BuildingForm(),
        f"New building at {above.name}",
        service.BuildingFacts,
        lambda facts: service.add_building(session(), above, facts),
    )


@blueprint.route("/buildings/<int:above_id>/floors/new", methods=["GET", "POST"])
@permit(EDIT)
def new_floor(above_id: int) -> ResponseReturnValue:
    """Add a floor to a building."""
    above = service.get(session(), Building, above_id)
    require(EDIT, above.site_id)
    return entry(
        forms.FloorForm(),
        f"New floor of {above.name}",
        service.FloorFacts,
        lambda facts: service.add_floor(session(), above, facts),
    )


@blueprint.route("/floors/<int:above_id>/rooms/new", methods=["GET", "POST"])
@permit(EDIT)
def new_room(above_id: int) -> ResponseReturnValue:
    """Add a room to a floor."""
    above = service.get(session(), Floor, above_id)
    require(EDIT, above.site_id)
    return entry(
        forms.RoomForm(),
        f"New room on {above.name}",
        service.RoomFacts,
        lambda facts: service.add_room(session(), above, facts),
    )


@blueprint.route("/rooms/<int:above_id>/rows/new", methods=["GET", "POST"])
@permit(EDIT)
def new_row(above_id: int) -> ResponseReturnValue:
    """Add a row to a room."""
    above = service.get(session(), Room, above_id)
    require(EDIT, above.site_id)
    return entry(
        forms.RowForm(),
        f"New row in {above.name}",
        service.RowFacts,
        lambda facts: service.add_row(session(), above, facts),
    )


#: What can be edited: model, form, facts.
KINDS: dict[str, tuple[Any, type[HouseForm], type[Any]]] = {
    "sites": (Site, forms.SiteForm, service.SiteFacts),
    "buildings": (Building, forms.BuildingForm, service.BuildingFacts),
    "floors": (Floor, forms.FloorForm, service.FloorFacts),
    "rooms": (Room, forms.RoomForm, service.RoomFacts),
    "rows": (RackRow, forms.RowForm, service.RowFacts),
}


@blueprint.route(
    "/<any(sites, buildings, floors, rooms, rows):kind>/<int:row_id>/edit", methods=["GET", "POST"]
)
@permit(EDIT)
def edit(kind: str, row_id: int) -> ResponseReturnValue:
    """Edit a site, building, floor, room or row."""
    model, form, facts_type = KINDS[kind]
    found = service.get(session(), model, row_id)
    require(EDIT, found.id if kind == "sites" else found.site_id)
    title = f"Edit {model.history_kind} {found.name or found.code}"
    return entry(
        form(obj=found),
        title,
        facts_type,
        lambda facts: service.edit(session(), found, facts),
        found,
    )


def entry(
    form: HouseForm,
    title: str,
    facts_type: type[Any],
    save: Callable[[Any], Any],
    row: Any = None,
) -> ResponseReturnValue:
    """Show a form, or save it and go to the page of what was saved."""
    meanwhile: list[tuple[str, Any, Any]] = []
    if row is not None and request.method == "GET":
        form.version.data = row.version
    if form.posted():
        with attempt() as refusals:
            if row is not None:
                check_version(form.seen_version, row.version)
            values = {item.name: form[item.name].data for item in fields(facts_type)}
            saved = save(facts_type(**values))
        form.refuse(refusals)
        if not refusals:
            flash(f"{saved.name or saved.code} is saved.")
            return redirect(page_of(saved))
        if any(refusal.field == "version" for refusal in refusals):
            meanwhile = form.saved_meanwhile(row)
    page = {"form": form, "title": title, "meanwhile": meanwhile}
    body = render_template("sites/entry.html", **page, back=request.referrer)
    return body, 422 if request.method == "POST" else 200


def page_of(row: Any) -> str:
    """Where a saved row is looked at."""
    if isinstance(row, Room):
        return url_for("sites.room", room_id=row.id)
    if isinstance(row, RackRow):
        return url_for("sites.row", row_id=row.id)
    site_id = row.id if isinstance(row, Site) else row.site_id
    return url_for("sites.site", site_id=site_id)
