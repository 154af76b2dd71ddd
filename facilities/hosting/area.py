"""What the hosting area gives the house."""

from collections.abc import Sequence

from flask import Blueprint

from facilities.accounts.permissions import Permission
from facilities.hosting import (
    api,
    cards,
    queries_equipment,
    queries_racks,
    tables,
    views_equipment,
    views_plan,
    views_racks,
    views_types,
)
from facilities.hosting.views_blueprint import blueprint
from facilities.web.registry import (
    HomeCard,
    NavEntry,
    ObjectKind,
    ObjectPart,
    PlanOverlay,
    Registries,
    SearchProvider,
    Sheet,
    Summary,
)
from facilities.web.rest import ApiBlueprint

VIEW = Permission.RACKS_VIEW
#: The modules whose routes hang on the blueprint.
PAGES = (views_equipment, views_plan, views_racks, views_types)


def register(registries: Registries) -> None:
    """Racks and equipment on the pages of sites, rooms and rows; lists, search, home cards."""
    registries.add_kind(ObjectKind("rack", "Rack", VIEW, queries_racks.find_racks))
    registries.add_kind(
        ObjectKind("equipment", "Equipment", VIEW, queries_equipment.find_equipment)
    )
    registries.add_kind(
        ObjectKind("equipment_type", "Equipment type", VIEW, queries_equipment.find_types)
    )
    registries.parts += [
        ObjectPart("plan", VIEW, frozenset({"room"}), views_plan.room_plan, 10),
        ObjectPart("racks", VIEW, frozenset({"row"}), views_plan.row_view, 10),
    ]
    registries.summaries += [
        Summary("room", VIEW, queries_racks.space_by_room),
        Summary("site", VIEW, queries_racks.space_by_site),
    ]
    registries.overlays.append(
        PlanOverlay("space", "Space", VIEW, "Units used: none to all", views_plan.space_shades, 10)
    )
    registries.searches.append(SearchProvider("hosting", VIEW, queries_equipment.search))
    _lists(registries)
    _home(registries)


def _lists(registries: Registries) -> None:
    racks = Sheet("racks", "Racks", VIEW, tables.RACKS, tables.rack_rows)
    equipment = Sheet("equipment", "Equipment", VIEW, tables.EQUIPMENT, tables.equipment_rows)
    registries.sheets |= {sheet.key: sheet for sheet in (racks, equipment)}
    first = {"facilities": 14}
    registries.nav += [
        NavEntry("racks", "Racks", "server", "hosting.racks", VIEW, 14, first),
        NavEntry("equipment", "Equipment", "cpu", "hosting.equipment_list", VIEW, 16),
        NavEntry("types", "Equipment types", "box", "hosting.equipment_types", VIEW, 80),
    ]


def _home(registries: Registries) -> None:
    roles = ("facilities", "admin", "viewer")
    for place, (key, title, load) in enumerate(
        (
            ("space", "Free rack units", cards.free_space),
            ("waiting", "Waiting to be installed", cards.on_its_way),
            ("moved", "Lately moved", cards.lately_moved),
        )
    ):
        order = dict.fromkeys(roles, 60 + place)
        registries.cards.append(HomeCard(key, title, VIEW, order, load))


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return api.blueprints
