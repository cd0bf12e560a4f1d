"""One file per kind of source: its name, its keys, and how it is opened. A new file here is a new kind.

Here: declarations; what reading takes in earnest stands beside this folder. Heavy libraries are imported
inside `open`, because settings are read by commands that read no data.
"""
