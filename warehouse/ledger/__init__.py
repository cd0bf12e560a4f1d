"""The ledger: what was decided, enqueued, granted and sent, and what people agreed to."""
