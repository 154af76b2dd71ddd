"""REST of parties and contacts."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit
from facilities.parties import service
from facilities.parties.models import PARTY_KINDS, Party
from facilities.parties.service import ContactFacts, PartyFacts
from facilities.web.house import session
from facilities.web.rest import ApiBlueprint, Schema, page_of

blueprint = ApiBlueprint("parties", __name__, description="Owners, carriers, suppliers")


class ContactSchema(Schema):
    """A person of a party."""

    id = ma.fields.Integer(dump_only=True)
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 120))
    role = ma.fields.String(allow_none=True, validate=ma.validate.Length(max=60))
    email = ma.fields.Email(allow_none=True)
    phone = ma.fields.String(allow_none=True, validate=ma.validate.Length(max=40))
    rank = ma.fields.Integer(validate=ma.validate.Range(1, 99), load_default=1)


class PartySchema(Schema):
    """A party with its contacts."""

    id = ma.fields.Integer(dump_only=True)
    version = ma.fields.Integer(dump_only=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(PARTY_KINDS))
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 120))
    code = ma.fields.String(allow_none=True, validate=ma.validate.Length(max=20))
    notes = ma.fields.String(allow_none=True, validate=ma.validate.Length(max=5000))
    active = ma.fields.Boolean(load_default=True)
    contacts = ma.fields.List(ma.fields.Nested(ContactSchema), dump_only=True)


class PartyQuery(Schema):
    """Filters of the list."""

    kind = ma.fields.String(load_default="", validate=ma.validate.OneOf(("", *PARTY_KINDS)))
    text = ma.fields.String(load_default="")
    inactive = ma.fields.Boolean(load_default=False)


@blueprint.route("/")
class Parties(MethodView):
    """All parties."""

    @permit(Permission.PARTIES_VIEW)
    @blueprint.arguments(PartyQuery, location="query")
    @blueprint.response(200, PartySchema(many=True))
    @blueprint.paginate()
    def get(self, asked: dict[str, Any], pagination_parameters: Any) -> Any:
        """List parties."""
        return page_of(service.listed(**asked), pagination_parameters)

    @permit(Permission.PARTIES_EDIT)
    @blueprint.arguments(PartySchema)
    @blueprint.response(201, PartySchema)
    def post(self, given: dict[str, Any]) -> Party:
        """Add a party."""
        party = service.save(session(), None, PartyFacts(**given))
        blueprint.set_row(party)
        return party


@blueprint.route("/<int:party_id>")
class OneParty(MethodView):
    """One party."""

    @permit(Permission.PARTIES_VIEW)
    @blueprint.etag
    @blueprint.response(200, PartySchema)
    def get(self, party_id: int) -> Party:
        """Get a party."""
        party = service.get(session(), party_id)
        blueprint.set_row(party)
        return party

    @permit(Permission.PARTIES_EDIT)
    @blueprint.etag
    @blueprint.arguments(PartySchema)
    @blueprint.response(200, PartySchema)
    def put(self, given: dict[str, Any], party_id: int) -> Party:
        """Change a party; If-Match names the version that was seen."""
        party = service.get(session(), party_id)
        blueprint.check_row(party)
        service.save(session(), party, PartyFacts(**given))
        blueprint.set_row(party)
        return party


@blueprint.route("/<int:party_id>/contacts")
class Contacts(MethodView):
    """The contacts of a party."""

    @permit(Permission.PARTIES_EDIT)
    @blueprint.arguments(ContactSchema)
    @blueprint.response(201, ContactSchema)
    def post(self, given: dict[str, Any], party_id: int) -> Any:
        """Add a contact."""
        party = service.get(session(), party_id)
        return service.save_contact(session(), party, None, ContactFacts(**given))
