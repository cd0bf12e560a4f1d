"""The one place that says what a member field is: type, unit, meaning, personal data, as-of rule, source row.

Audience expressions, the columns of the feature models, the comments in a snapshot, the editor's
completion and docs/fields.md all read it; nothing else describes a field.
"""

from __future__ import annotations

from campaign_calendars.audiences.fields.behaviour import BEHAVIOUR
from campaign_calendars.audiences.fields.members import MEMBERS
from campaign_calendars.audiences.fields.types import AS_OF_RULES, DAY_PARTS, LIFECYCLES, Field, FieldType

__all__ = ["AS_OF_RULES", "DAY_PARTS", "FIELDS", "LIFECYCLES", "Field", "FieldType"]

FIELDS: dict[str, Field] = {made.name: made for made in (*MEMBERS, *BEHAVIOUR)}
