"""A run that waits for a person: what he has to judge, what he answered, and what comes of it.

Whoever asks (a form of the Prefect UI, the command line) is no matter here; what is asked about is decided below.
"""
