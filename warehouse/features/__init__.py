"""Features of members as of any moment, the state they go on from, what we did to members, consent.

Reads `snap.stg_*` and history tables; decides nothing and publishes nothing.
"""
