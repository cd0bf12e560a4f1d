"""Write, audit, publish: a snapshot is built, judged, profiled, compared and read again.

A snapshot appears whole or not at all, and is opened read-only afterwards.
"""
