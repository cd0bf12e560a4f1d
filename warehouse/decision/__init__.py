"""Who gets what: one occurrence of one play decided over all members, in SQL."""
