"""Rows: the power chain as a graph (PW-01), outlets, inlets and the cords between them."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned
from facilities.hosting.models import Equipment, Rack
from facilities.power.circuits import circuit_id
from facilities.power.lines import split
from facilities.sites.models import Room

#: Kinds of nodes from utility to rack PDU.
NODE_KINDS = (
    "utility",
    "transformer",
    "generator",
    "ats",
    "sts",
    "switchgear",
    "ups",
    "pdu",
    "panel",
    "breaker",
    "busway",
    "tap_off",
    "rack_pdu",
)


class PowerNode(Recorded, Versioned, Base):
    """A node of the chain. What a kind has no use for stays None; None is unknown, never 0.

    A breaker belongs to a panel and takes `positions` of it (PW-21). `feed` is A, B or "" (UN-06:
    an attribute, never read from the name). `phases` names the conductors the node works on, as
    "L1,L2,L3", "L1,L2" or "L2". `continuous_factor` None means the site's policy pack.
    """

    __tablename__ = "power_node"
    __table_args__ = (
        UniqueConstraint("site_id", "panel_id", "name"),
        Index("ix_power_node_kind", "site_id", "kind"),
    )
    history_kind = "power_node"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    rack_id: Mapped[int | None] = mapped_column(ForeignKey("rack.id"), index=True)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"), unique=True)
    panel_id: Mapped[int | None] = mapped_column(ForeignKey("power_node.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60), index=True)
    feed: Mapped[str] = mapped_column(String(2), default="")
    state: Mapped[str] = mapped_column(String(12), default="closed")  # closed, open, tripped
    voltage_v: Mapped[float | None]  # nominal, line to line where there are three phases
    phases: Mapped[str] = mapped_column(String(12), default="L1,L2,L3")
    neutral: Mapped[bool | None]  # whether N is run; None: nobody said
    rating_a: Mapped[float | None]
    rating_w: Mapped[float | None]
    rating_va: Mapped[float | None]
    continuous_factor: Mapped[float | None]
    derate: Mapped[float] = mapped_column(default=1.0)
    curve: Mapped[str | None] = mapped_column(String(10))
    spaces: Mapped[int | None]  # of a panel
    layout: Mapped[str | None] = mapped_column(String(12))  # of a panel: nema, sequential, ways
    positions: Mapped[list[int]] = mapped_column(default=list)  # of a breaker, in its panel
    usage: Mapped[str] = mapped_column(
        String(10), default="used"
    )  # of a breaker: used, spare, blank
    destination: Mapped[str | None] = mapped_column(String(120))  # as written on the schedule

    room: Mapped[Room | None] = relationship()
    rack: Mapped[Rack | None] = relationship()
    equipment: Mapped[Equipment | None] = relationship()
    panel: Mapped["PowerNode | None"] = relationship(remote_side="PowerNode.id")

    @property
    def title(self) -> str:
        """What people call it: a breaker by its circuit id (UN-06), all else by its name."""
        if self.kind == "breaker" and self.panel is not None and self.positions:
            return circuit_id(self.panel.name, self.positions)
        return self.name

    @property
    def lines(self) -> tuple[str, ...]:
        """The line conductors it works on."""
        return split(self.phases)

    @property
    def poles(self) -> int:
        """Of a breaker: how many positions it takes, or how many lines it opens."""
        return len(self.positions) or len(self.lines)

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on its panel's and its rack's history as well."""
        above = (("power_node", self.panel_id), ("rack", self.rack_id))
        return tuple((kind, id_) for kind, id_ in above if id_ is not None)


class PowerLink(Recorded, Versioned, Base):
    """Power flows from `source` to `target` on `phases`. A bypass is normally open (PW-01)."""

    __tablename__ = "power_link"
    __table_args__ = (UniqueConstraint("source_id", "target_id"),)
    history_kind = "power_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("power_node.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("power_node.id"), index=True)
    phases: Mapped[str] = mapped_column(String(12), default="L1,L2,L3")
    normally_open: Mapped[bool] = mapped_column(default=False)
    preference: Mapped[int] = mapped_column(default=1)  # at an ATS or STS: 1 preferred, 2 alternate

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return f"{self.source_id} to {self.target_id}"

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on both ends' histories."""
        return (("power_node", self.source_id), ("power_node", self.target_id))


class Outlet(Recorded, Versioned, Base):
    """An outlet of a rack PDU. `phases` is one conductor, or a pair for a line-to-line outlet."""

    __tablename__ = "outlet"
    __table_args__ = (UniqueConstraint("pdu_id", "number"),)
    history_kind = "outlet"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    pdu_id: Mapped[int] = mapped_column(ForeignKey("power_node.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(64))
    connector: Mapped[str | None] = mapped_column(String(30))
    rating_a: Mapped[float | None]
    phases: Mapped[str | None] = mapped_column(String(12))
    bank: Mapped[int | None]

    pdu: Mapped[PowerNode] = relationship()

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on its PDU's history as well."""
        return (("power_node", self.pdu_id),)


class Inlet(Recorded, Versioned, Base):
    """A power inlet of a piece of equipment: one per power supply."""

    __tablename__ = "inlet"
    __table_args__ = (UniqueConstraint("equipment_id", "name"),)
    history_kind = "inlet"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    connector: Mapped[str | None] = mapped_column(String(30))
    rated_w: Mapped[float | None]

    equipment: Mapped[Equipment] = relationship()

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on its equipment's history as well."""
        return (("equipment", self.equipment_id),)


class Cord(Recorded, Versioned, Base):
    """A cord from one outlet to one inlet; each end takes one cord."""

    __tablename__ = "cord"
    history_kind = "cord"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id"), unique=True)
    inlet_id: Mapped[int] = mapped_column(ForeignKey("inlet.id", ondelete="CASCADE"), unique=True)
    label: Mapped[str | None] = mapped_column(String(60))

    outlet: Mapped[Outlet] = relationship()
    inlet: Mapped[Inlet] = relationship()

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.label or f"outlet {self.outlet_id} to inlet {self.inlet_id}"

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on its equipment's and its PDU's histories as well."""
        ends = (("inlet", self.inlet_id), ("outlet", self.outlet_id))
        return tuple((kind, id_) for kind, id_ in ends if id_ is not None)
