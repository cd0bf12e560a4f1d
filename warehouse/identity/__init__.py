"""One person, several accounts: which accounts are one person, and their facts under one name (A1#6, B9)."""
