"""REST of the power chain: nodes and links."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import select

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.power import link_service, panel_service, service
from facilities.power.api_schemas import (
    LinkPatch,
    LinkSchema,
    ListQuery,
    NodePatch,
    NodeQuery,
    NodeSchema,
)
from facilities.power.find_queries import listed
from facilities.power.models import PowerLink, PowerNode
from facilities.web.house import session, viewer
from facilities.web.rest import ApiBlueprint, page_of

VIEW, EDIT = Permission.POWER_VIEW, Permission.POWER_EDIT
nodes = ApiBlueprint("power_nodes", __name__, url_prefix="/api/v1/power/nodes")
links = ApiBlueprint("power_links", __name__, url_prefix="/api/v1/power/links")
BLUEPRINTS = (nodes, links)
Values = dict[str, Any]


def here(model: Any, statement: Any, site: int | None) -> Any:
    """The statement over the sites this caller may see, or the one asked for."""
    allowed = viewer().sites_for(VIEW)
    if allowed is not None:
        statement = statement.where(model.site_id.in_(allowed))
    return statement if site is None else statement.where(model.site_id == site)


def seat_of(panel_id: int | None, values: Values) -> tuple[int | None, int | None]:
    """(start, poles) from the positions that a body names; (None, None) where it names none."""
    positions = values.pop("positions", None)
    if positions is None:
        return None, None
    if panel_id is None:
        raise Refused("Positions are those of a breaker on a panel.", "positions", "PW-21")
    panel = service.find_node(session(), panel_id)
    panel_service.check_positions(panel, positions)
    return min(positions), len(positions)


@nodes.route("/")
class Nodes(MethodView):
    """All nodes."""

    @permit(VIEW)
    @nodes.arguments(NodeQuery, location="query")
    @nodes.response(200, NodeSchema(many=True))
    @nodes.paginate()
    def get(self, asked: Values, pagination_parameters: Any) -> Any:
        """Nodes, filtered by site, kind, feed, panel, words."""
        wanted = listed(
            viewer().sites_for(VIEW),
            site=asked.get("site"),
            kind=asked.get("kind", ""),
            feed=asked.get("feed", ""),
            panel=asked.get("panel"),
            words=asked.get("q", ""),
        )
        return page_of(wanted, pagination_parameters)

    @permit(EDIT)
    @nodes.etag
    @nodes.arguments(NodeSchema)
    @nodes.response(201, NodeSchema)
    def post(self, body: Values) -> PowerNode:
        """A new node; a breaker with panel_id and positions takes its seat (PW-21)."""
        site_id, kind = body.pop("site_id"), body.pop("kind")
        require(EDIT, site_id)
        panel_id = body.pop("panel_id", None)
        start, poles = seat_of(panel_id, body)
        if panel_id is None:
            row = service.add_node(session(), site_id, kind, body)
        else:
            panel = service.find_node(session(), panel_id)
            require(EDIT, panel.site_id)
            row = panel_service.add_breaker(session(), panel, start or 0, poles or 0, body)
        nodes.set_row(row)
        return row


@nodes.route("/<int:node_id>")
class OneNode(MethodView):
    """One node."""

    @permit(VIEW)
    @nodes.etag
    @nodes.response(200, NodeSchema)
    def get(self, node_id: int) -> PowerNode:
        """A node."""
        row = service.find_node(session(), node_id)
        require(VIEW, row.site_id)
        nodes.set_row(row)
        return row

    @permit(EDIT)
    @nodes.etag
    @nodes.arguments(NodePatch)
    @nodes.response(200, NodeSchema)
    def put(self, body: Values, node_id: int) -> PowerNode:
        """Change the given fields; `state` needs `reason`. If-Match names the version seen."""
        row = service.find_node(session(), node_id)
        require(EDIT, row.site_id)
        nodes.check_row(row)
        state, reason = body.pop("state", None), body.pop("reason", "")
        start, poles = seat_of(row.panel_id, body)
        if body or start is not None:
            panel_service.edit_breaker(session(), row, body, start, poles)
        if state is not None and state != row.state:
            service.switch(session(), row, state, reason)
        session().flush()
        nodes.set_row(row)
        return row

    @permit(EDIT)
    @nodes.etag
    @nodes.response(204)
    def delete(self, node_id: int) -> None:
        """Remove a node while nothing hangs on it."""
        row = service.find_node(session(), node_id)
        require(EDIT, row.site_id)
        nodes.check_row(row)
        service.remove_node(session(), row)


@links.route("/")
class Links(MethodView):
    """All links."""

    @permit(VIEW)
    @links.arguments(ListQuery, location="query")
    @links.response(200, LinkSchema(many=True))
    @links.paginate()
    def get(self, asked: Values, pagination_parameters: Any) -> Any:
        """Links, filtered by site."""
        wanted = here(PowerLink, select(PowerLink), asked.get("site"))
        return page_of(wanted.order_by(PowerLink.id), pagination_parameters)

    @permit(EDIT)
    @links.etag
    @links.arguments(LinkSchema)
    @links.response(201, LinkSchema)
    def post(self, body: Values) -> PowerLink:
        """Feed a node from another (PW-01)."""
        source = service.find_node(session(), body.pop("source_id"))
        target = service.find_node(session(), body.pop("target_id"))
        require(EDIT, source.site_id)
        row = link_service.add_link(session(), source, target, **body)
        links.set_row(row)
        return row


@links.route("/<int:link_id>")
class OneLink(MethodView):
    """One link."""

    @permit(VIEW)
    @links.etag
    @links.response(200, LinkSchema)
    def get(self, link_id: int) -> PowerLink:
        """A link."""
        row = link_service.find_link(session(), link_id)
        require(VIEW, row.site_id)
        links.set_row(row)
        return row

    @permit(EDIT)
    @links.etag
    @links.arguments(LinkPatch)
    @links.response(200, LinkSchema)
    def put(self, body: Values, link_id: int) -> PowerLink:
        """Change phases, normally_open, preference."""
        row = link_service.find_link(session(), link_id)
        require(EDIT, row.site_id)
        links.check_row(row)
        link_service.edit_link(session(), row, body)
        links.set_row(row)
        return row

    @permit(EDIT)
    @links.etag
    @links.response(204)
    def delete(self, link_id: int) -> None:
        """Remove a link."""
        row = link_service.find_link(session(), link_id)
        require(EDIT, row.site_id)
        links.check_row(row)
        link_service.remove_link(session(), row)
