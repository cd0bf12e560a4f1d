"""The promotion domain: calendars, checks, dates, audiences, benefits, contact rules.

Everything here is pure: no file, no network, no clock, no environment, no randomness.
"""
