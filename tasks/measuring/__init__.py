"""What a calendar was worth: figures of phases, plays and arms, each with what it is made of.

Figures as values; pages and tables of them are `reporting` and the command line.
"""
