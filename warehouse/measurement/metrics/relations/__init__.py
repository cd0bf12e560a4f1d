"""Relations of the metrics as SQL, each said once: persons, orders, memberships, tiers, what people did."""
