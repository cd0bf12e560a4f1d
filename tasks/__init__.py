"""What a run does, as plain functions; each can be used and tested without Prefect.

Rooms: channels, calendars, data, deciding, outreach, measuring, running, planning, reporting; beside
them `settings` (promocal.toml and the environment) and `runtime` (the opened parts a run needs).
"""
