"""What a calendar would do, ahead of time: plan, expected events, audiences. Nothing is written to members."""
