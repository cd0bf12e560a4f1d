"""What comes back after a message left: delivery reports, bounces, and replies such as R or 退订.

`reading` understands one of them, in the words of any provider; `taking` tells the ledger; `files` and `serving`
are the two ways in.
"""
