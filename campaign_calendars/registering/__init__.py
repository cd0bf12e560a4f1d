"""Ways in: how kinds, checks and fields are registered, ours and those of plug-ins alike.

Here: the one registry and what finds the declarations of a room. Not here: what is installed beside
promocal, which only the environment knows (`tasks.plugins`).
"""
