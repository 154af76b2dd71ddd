"""The blueprint that all pages of hosting hang on."""

from flask import Blueprint

from facilities.hosting.queries_equipment import position_words

blueprint = Blueprint("hosting", __name__)
blueprint.add_app_template_filter(position_words, "position")
