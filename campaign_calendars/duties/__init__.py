"""Duties: tasks of people, what waits for them, where they stand, and how other programs read them.

Pure: what was ticked and when it is now come in as arguments.
"""
