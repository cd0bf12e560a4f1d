"""Two calendars compared, and the differences said in English and Chinese.

Reads models and timelines; knows nothing of files, plans or members.
"""
