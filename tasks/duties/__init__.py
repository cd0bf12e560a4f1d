"""The duties of a project's calendars: where they stand, who did them, what they keep back, files of them."""
