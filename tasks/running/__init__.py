"""One phase run from guard to finish, a whole calendar replayed, and where things stand.

The order of the steps lives here; each step is a function of another room.
"""
