"""What the monitoring area gives the house."""

from collections.abc import Sequence

from flask import Blueprint

from facilities.accounts.permissions import Permission
from facilities.monitoring import binding_views, chart_views, own_health, provide, views
from facilities.monitoring.api import bindings, devices, readings
from facilities.web.registry import (
    FactProvider,
    HomeCard,
    NavEntry,
    ObjectKind,
    ObjectTab,
    PlanOverlay,
    ReadyCheck,
    Registries,
    SearchProvider,
)
from facilities.web.rest import ApiBlueprint

#: Objects to which points are bound; their pages have a Readings tab.
BOUND_KINDS = frozenset(
    {"site", "building", "floor", "room", "row", "rack", "equipment", "power_node", "outlet"}
    | {"cooling_unit", "zone", "sensor"}
)
P = Permission


def register(registries: Registries) -> None:
    """Devices everywhere: tabs, facts, overlays, cards, search, navigation, readiness."""
    registries.add_kind(ObjectKind("device", "Device", P.DEVICES_VIEW, provide.find_devices))
    registries.tabs.append(
        ObjectTab(
            "readings", "Readings", P.READINGS_VIEW, chart_views.readings_tab, BOUND_KINDS, 40
        )
    )
    registries.facts.append(FactProvider("rack", P.READINGS_VIEW, provide.rack_facts))
    registries.overlays += [
        PlanOverlay(
            "temperature", "Temperature", P.READINGS_VIEW,
            "Hottest front inlet of each rack, 18 to 32 °C; hatched: no data",
            provide.temperature_shades, 30,
        ),
        PlanOverlay(
            "devices", "Devices", P.DEVICES_VIEW,
            "Part of a rack's devices that do not answer; hatched: no device",
            provide.device_shades, 60,
        ),
    ]  # fmt: skip
    registries.cards += [
        HomeCard(
            "silent-devices", "Silent devices", P.DEVICES_VIEW,
            {"facilities": 20, "electrician": 40, "admin": 10, "viewer": 20}, provide.silent_card,
        ),
        HomeCard(
            "hot-racks", "Hot racks", P.READINGS_VIEW,
            {"facilities": 10, "viewer": 10}, provide.hot_card,
        ),
    ]  # fmt: skip
    registries.searches.append(SearchProvider("devices", P.DEVICES_VIEW, provide.search_devices))
    registries.nav.append(
        NavEntry(
            "devices", "Devices", "plug-connected", "monitoring.devices", P.DEVICES_VIEW,
            order=60, roles={"facilities": 50, "electrician": 40},
        )
    )  # fmt: skip
    registries.ready += [
        ReadyCheck("collector", own_health.collector_seen),
        ReadyCheck("samples", own_health.store_readable),
    ]


def blueprints() -> Sequence[Blueprint]:
    """Pages, and /metrics."""
    _ = binding_views, chart_views  # they add their routes to the one blueprint
    return (views.blueprint, own_health.blueprint)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return (devices.blueprint, bindings.blueprint, readings.blueprint)
