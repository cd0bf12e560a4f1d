"""What a decision has to know: briefs of occurrences, contact rules, hold-outs, the intent key.

Rules only; the members they are applied to are in the warehouse.
"""
