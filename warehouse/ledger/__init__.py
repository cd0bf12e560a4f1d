"""The ledger: what was decided, enqueued, granted and sent, and what people agreed to.

Its SQL, its rules, its twin in memory. It knows no member data beyond ids, and no engine of snapshots.
"""
