"""What has to be set up on the platform for a calendar: a row for each thing, and what would be refused there.

Pure: ids of the platform, ticks of duties and texts of templates come in as arguments.
"""
