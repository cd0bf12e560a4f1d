"""How single values are written: money, shares, durations, times of day, moments, festivals.

Parsing and printing of one value, and what a slip of the hand probably meant. No model of a
calendar or store, and nothing that needs a whole calendar: that is `model` and `time`.
"""
