"""The arithmetic of measurement: lift and its interval, points the rules give.

Numbers in, numbers out; where they come from is the warehouse's business.
"""
