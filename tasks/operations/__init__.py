"""Running promocal day and night: where every calendar stands, whether this machine is well, backups.

No Prefect here; what a server says comes in as a record (`flows.asking`).
"""
