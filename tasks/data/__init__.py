"""Member data: refresh, sources, snapshots, what people decide about single members, refusals.

Nothing here decides who gets what or sends anything.
"""
