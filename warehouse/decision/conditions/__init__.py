"""What benefits ask of a member, each a file: a condition over `member_features as f` (true, false, null: not known).

A `$name` is a figure of `campaign_calendars.deciding.conditions`; `terms` writes it in. Nothing else lives here.
"""
