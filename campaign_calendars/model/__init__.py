"""The calendar, the store, the programme, benefits, triggers and prices as typed models.

A key of the language is declared here, once, with its meaning. No reading of text, no rule that
needs two places of a calendar: that is `reading` and `checks`.
"""
