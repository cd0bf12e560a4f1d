"""Calendars and message templates read from files, checked, rendered.

The only room that opens calendar files; what it finds is judged by `campaign_calendars`.
"""
