"""Pages of equipment: list, piece, add, edit, move, remove."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.hosting import lifecycle, queries_equipment, queries_racks
from facilities.hosting.forms import EquipmentForm, MoveForm, NewEquipmentForm, RemoveForm
from facilities.hosting.models import Equipment, EquipmentType, Rack
from facilities.hosting.service_equipment import (
    Placed,
    add_equipment,
    edit_equipment,
    get_equipment,
    move_equipment,
    remove_equipment,
)
from facilities.hosting.service_placing import place_of
from facilities.hosting.values import Place
from facilities.hosting.views_blueprint import blueprint
from facilities.hosting.views_drawing import known
from facilities.hosting.views_explain import Explained, explain
from facilities.hosting.views_forms import (
    equipment_facts,
    place_typed,
    show_start,
    shown_facts,
    shown_place,
)
from facilities.hosting.views_live import live_part
from facilities.hosting.views_racks import filters
from facilities.readings import ObjectRef
from facilities.sites.queries import sites_seen
from facilities.web.forms import choices
from facilities.web.house import house, session, viewer
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.work import attempt, check_version

VIEW, EDIT = Permission.RACKS_VIEW, Permission.RACKS_EDIT


@blueprint.get("/equipment")
@permit(VIEW)
def equipment_list() -> str:
    """Equipment with its filters."""
    asked = request.args.to_dict()
    page = paginate(session(), queries_equipment.equipment_seen(viewer(), asked))
    words = {piece.id: queries_equipment.position_words(piece) for piece in page.rows}
    return render_template("hosting/equipment_list.html", page=page, positions=words, **filters())


@blueprint.get("/equipment/<int:equipment_id>")
@permit(VIEW)
def equipment(equipment_id: int) -> str:
    """A piece: what it is, where it stands, what is in it, what it draws."""
    piece = found_piece(equipment_id)
    children = select(Equipment).where(Equipment.parent_id == piece.id)
    inside = session().scalars(children.order_by(Equipment.bay, Equipment.name)).all()
    tabs = {"overview": ("Overview", "hosting/equipment.html")}
    url = url_for("hosting.equipment_live", equipment_id=piece.id)
    live = live_part(ObjectRef("equipment", piece.id), url)
    return render_object(_head(piece), tabs, piece=piece, inside=inside, live=live)


@blueprint.get("/equipment/<int:equipment_id>/live")
@permit(VIEW)
def equipment_live(equipment_id: int) -> str:
    """The live part of an equipment page, by itself."""
    require(VIEW, get_equipment(session(), equipment_id).site_id)
    url = url_for("hosting.equipment_live", equipment_id=equipment_id)
    return live_part(ObjectRef("equipment", equipment_id), url)


def _head(piece: Equipment) -> ObjectHead:
    crumbs = []
    if piece.rack is not None:
        page = url_for("hosting.rack", rack_id=piece.rack.id)
        crumbs = [*queries_racks.crumbs_of_rack(piece.rack), (piece.rack.name, page)]
    owner, kind = piece.owner, piece.type
    facts = [
        KeyFact("Place", queries_equipment.position_words(piece)),
        KeyFact("Type", queries_equipment.type_words(kind) if kind else None, _type_page(kind)),
        KeyFact("Serial", piece.serial),
        KeyFact("Asset tag", piece.asset_tag),
        KeyFact("Owner", owner.name if owner else "nobody yet"),
        KeyFact("Weight", known(piece.weight_kg, "kg")),
        KeyFact("Budget", known(piece.budget_w, "W")),
        KeyFact("Nameplate", known(piece.rated_w, "W")),
    ]
    state, tone = piece.status, lifecycle.tone(piece.status)
    ref = ObjectRef("equipment", piece.id)
    return ObjectHead(ref, "Equipment", piece.name, crumbs, state, tone, facts)


def _type_page(kind: EquipmentType | None) -> str:
    return url_for("hosting.equipment_type", type_id=kind.id) if kind else ""


def found_piece(equipment_id: int) -> Equipment:
    """A piece with its place and type, where this person may see it."""
    loads = (
        joinedload(Equipment.rack).options(*queries_racks.rack_place()),
        joinedload(Equipment.type).joinedload(EquipmentType.maker),
        joinedload(Equipment.owner),
        joinedload(Equipment.parent),
    )
    wanted = select(Equipment).where(Equipment.id == equipment_id).options(*loads)
    piece = session().scalar(wanted) or get_equipment(session(), equipment_id)
    require(VIEW, piece.site_id)
    return piece


@blueprint.route("/equipment/new", methods=["GET", "POST"])
@permit(EDIT)
def new_equipment() -> ResponseReturnValue:
    """Add a piece; a click on an empty unit brings rack, unit and face along."""
    form, explained = NewEquipmentForm(), Explained()
    form.offer_owners(queries_racks.owners(session()))
    _offer_sites(form)
    rack = session().get(Rack, request.args.get("rack", 0, type=int))
    if request.method == "GET" and rack is not None:
        require(VIEW, rack.site_id)
        asked = {**request.args.to_dict(), "position": request.args.get("position", type=float)}
        show_start(form, rack, asked)
    if form.posted():
        with attempt() as refusals:
            placed = _add(form)
        if not refusals:
            return _done(placed, "is added")
        explained = explain(form, refusals)
    page = {"form": form, "title": "Add equipment", "piece": None, "explained": explained}
    body = render_template("hosting/equipment_entry.html", **page)
    return body, 422 if request.method == "POST" else 200


def _add(form: NewEquipmentForm) -> Placed:
    place = place_typed(form)
    where = session().get(Rack, place.rack_id) if place.rack_id else None
    parent = session().get(Equipment, place.parent_id) if place.parent_id else None
    site_id = where.site_id if where else parent.site_id if parent else form.site_id.data
    if site_id is None:
        raise Refused("Name a rack, a chassis, or the site where it is stored.", "rack_id")
    require(EDIT, site_id)
    return add_equipment(session(), equipment_facts(form), place, house().clock(), site_id)


@blueprint.route("/equipment/<int:equipment_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit_piece(equipment_id: int) -> ResponseReturnValue:
    """Edit what is known of a piece; its place is changed by moving it."""
    piece = found_piece(equipment_id)
    require(EDIT, piece.site_id)
    form, explained = EquipmentForm(data=shown_facts(piece)), Explained()
    form.offer_owners(queries_racks.owners(session()))
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, piece.version)
            placed = edit_equipment(session(), piece, equipment_facts(form), house().clock())
        if not refusals:
            return _done(placed, "is saved")
        explained = explain(form, refusals, piece)
    page = {"form": form, "title": f"Edit {piece.name}", "piece": piece, "explained": explained}
    body = render_template("hosting/equipment_entry.html", **page)
    return body, 422 if request.method == "POST" else 200


@blueprint.route("/equipment/<int:equipment_id>/move", methods=["GET", "POST"])
@permit(EDIT)
def move_piece(equipment_id: int) -> ResponseReturnValue:
    """Move a piece within its rack, to another, into a chassis."""
    piece = found_piece(equipment_id)
    require(EDIT, piece.site_id)
    form, explained = MoveForm(data=shown_place(piece)), Explained()
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, piece.version)
            placed = _move(form, piece)
        if not refusals:
            return _done(placed, "is moved")
        explained = explain(form, refusals, piece)
    page = {"form": form, "piece": piece, "explained": explained}
    body = render_template("hosting/move.html", **page)
    return body, 422 if request.method == "POST" else 200


def _move(form: MoveForm, piece: Equipment) -> Placed:
    place = place_typed(form)
    if place.rack_id is None and place.parent_id is None:
        raise Refused("Name the rack or chassis; to take it out, remove it.", "rack_id")
    if place.rack_id is not None:
        require(EDIT, session().get_one(Rack, place.rack_id).site_id)
    if place == place_of(piece):
        raise Refused("It stands there already.", "position_u")
    session().info["reason"] = form.reason.data or ""
    return move_and_release(piece, place)


@blueprint.route("/equipment/<int:equipment_id>/remove", methods=["GET", "POST"])
@permit(EDIT)
def remove_piece(equipment_id: int) -> ResponseReturnValue:
    """Take a piece out of its rack; what other areas gave it is given back with it."""
    piece = found_piece(equipment_id)
    require(EDIT, piece.site_id)
    form = RemoveForm()
    if form.posted():
        with attempt() as refusals:
            session().info["reason"] = form.reason.data
            given_back = release_all(piece)
            remove_equipment(session(), piece, house().clock(), form.status.data)
        form.refuse(refusals)
        if not refusals:
            flash(" ".join([f"{piece.name} is {piece.status}.", *given_back]))
            return redirect(url_for("hosting.equipment", equipment_id=piece.id))
    body = render_template("hosting/remove.html", form=form, piece=piece)
    return body, 422 if request.method == "POST" else 200


def move_and_release(piece: Equipment, place: Place) -> Placed:
    """Move a piece; in another rack it is unplugged, because its cords do not reach there."""
    before = piece.rack_id
    placed = move_equipment(session(), piece, place, house().clock())
    if placed.equipment.rack_id == before:
        return placed
    return replace(placed, notes=(*placed.notes, *release_all(placed.equipment)))


def release_all(piece: Equipment) -> list[str]:
    """Let every area give back what it gave this piece: cords, labels (F4)."""
    ref = ObjectRef("equipment", piece.id)
    runs = [entry.run for entry in house().registries.releases if entry.kind == ref.kind]
    return [words for run in runs for words in run(session(), ref)]


def _offer_sites(form: NewEquipmentForm) -> None:
    seen = session().scalars(sites_seen(viewer()))
    form.site_id.choices = choices([("", "–"), *((str(s.id), f"{s.code} {s.name}") for s in seen)])


def _done(placed: Placed, what: str) -> ResponseReturnValue:
    piece = placed.equipment
    flash(" ".join([f"{piece.name} {what}.", *placed.notes]))
    return redirect(url_for("hosting.equipment", equipment_id=piece.id))
