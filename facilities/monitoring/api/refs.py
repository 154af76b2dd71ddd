"""`?object=rack:12` in a query."""

from typing import Any

import marshmallow as ma

from facilities.monitoring.finder import parse_ref
from facilities.readings import ObjectRef


class RefText(ma.fields.Field[ObjectRef]):
    """`kind:id` as an ObjectRef."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> ObjectRef:
        del attr, data, kwargs
        ref = parse_ref(str(value))
        if ref is None:
            raise ma.ValidationError("Write it as kind:number, as in rack:12.")
        return ref
