"""What other areas may call of hosting. Each takes a session and values and never commits."""

from facilities.hosting.service_claims import (
    as_occupant,
    frame_of,
    lock_space,
    numbering_of,
    occupants,
    release,
    release_expired,
    write_cells,
)
from facilities.hosting.service_equipment import (
    Placed,
    add_equipment,
    edit_equipment,
    get_equipment,
    move_equipment,
    remove_equipment,
)
from facilities.hosting.service_judging import judge_units, pieces_of, rack_weight
from facilities.hosting.service_racks import add_rack, edit_rack, facts_of_type, get_rack
from facilities.hosting.values import NOWHERE, EquipmentFacts, Place, RackFacts

__all__ = [
    "NOWHERE",
    "EquipmentFacts",
    "Place",
    "Placed",
    "RackFacts",
    "add_equipment",
    "add_rack",
    "as_occupant",
    "edit_equipment",
    "edit_rack",
    "facts_of_type",
    "frame_of",
    "get_equipment",
    "get_rack",
    "judge_units",
    "lock_space",
    "move_equipment",
    "numbering_of",
    "occupants",
    "pieces_of",
    "rack_weight",
    "release",
    "release_expired",
    "remove_equipment",
    "write_cells",
]
