"""What reaches the platform before a run: the set-up pack of a calendar, and the ids that come back."""
