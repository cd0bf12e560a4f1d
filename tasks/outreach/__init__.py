"""From a decision to messages: enqueue, gates before sending, dispatch, work lists for people.

All writing to the outbox happens here.
"""
