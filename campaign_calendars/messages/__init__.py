"""Message templates as texts: what they may name, how long they get, what carriers forbid.

Rendering a template is `tasks.calendars.messages`; nothing here runs one.
"""
