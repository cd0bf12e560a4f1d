"""What a run does, as plain functions; each can be used and tested without Prefect."""
