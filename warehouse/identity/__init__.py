"""One person, several accounts: which accounts are one person, and their facts under one name (A1#6, B9).

Rules over links only; no fact of a member is changed here, only the name it stands under.
"""
