"""Object pages: a strip of key facts, own tabs, and the tabs and parts that other areas bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from facilities.errors import NotFound
from facilities.readings import ObjectRef
from facilities.web.house import house, session, viewer
from facilities.web.registry import KeyFact

#: (title, url) from the site down to the parent of the object.
Crumbs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """What stands above the tabs: name, state, place, facts. `tone`: ok, warning, critical, ''."""

    ref: ObjectRef
    kind_title: str
    title: str
    crumbs: Crumbs = ()
    state: str = ""
    tone: str = ""
    facts: Sequence[KeyFact] = ()


def render_object(head: ObjectHead, own_tabs: Mapping[str, tuple[str, str]], **context: Any) -> str:
    """The page of one object at the tab that `?tab=` names (first of `own_tabs` by default).

    own_tabs: key -> (title, template) of the area's own tabs; templates extend web/object.html.
    On the first own tab `parts` holds the markup of other areas' parts; tabs of other areas come
    from the registry and are rendered in web/object_tab.html.
    """
    who, registries = viewer(), house().registries
    others = registries.tabs_for(head.ref.kind, who)
    chosen = request.args.get("tab", next(iter(own_tabs)))
    tabs = [(key, title) for key, (title, _) in own_tabs.items()]
    tabs += [(tab.key, tab.title) for tab in others]
    shell = {"head": head, "facts": _facts(head), "tabs": tabs, "chosen": chosen}
    if chosen == next(iter(own_tabs)):
        shown = registries.parts_for(head.ref.kind, who)
        # `render` gives markup that a template has escaped already.
        context["parts"] = [Markup(part.render(head.ref)) for part in shown]  # noqa: S704
    if chosen in own_tabs:
        return render_template(own_tabs[chosen][1], **shell, **context)
    for tab in others:
        if tab.key == chosen:
            # `render` gives markup that a template has escaped already.
            body = Markup(tab.render(head.ref))  # noqa: S704
            return render_template("web/object_tab.html", **shell, tab_body=body, **context)
    raise NotFound(f"This page has no tab {chosen!r}.")


def _facts(head: ObjectHead) -> list[KeyFact]:
    who, facts = viewer(), list(head.facts)
    for provider in house().registries.facts:
        if provider.kind == head.ref.kind and who.may(provider.permission):
            facts += provider.facts(session(), head.ref)
    return facts
