"""The promotion domain: calendars, checks, dates, audiences, benefits, contact rules.

Rooms from the ground up: findings, values, model, time, audiences, messages, reading, deciding,
measuring, checks, then writing, differences and reference; the calendars themselves are in `library`.
Pure: no file, clock, environment, network or random number; only pydantic and PyYAML from outside.
"""
