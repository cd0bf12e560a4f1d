"""One play with several benefits, valued for every single member: who gets what, at the largest total value.

The method: prices of what is shared from a sample, one scan that settles most members, a linear program of
the few that are left, and a certificate from the written assignment. Members stay in the database.
`warehouse.decision.allocated` asks for it, for one occurrence beside what the plan keeps for later.
"""
