"""What is wrong, where, and what to do about it: findings as values, failures as one tree of exceptions.

Everything else stands on this room. Nothing of calendars, stores or time may be known here.
"""
