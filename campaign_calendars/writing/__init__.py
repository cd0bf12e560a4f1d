"""Text out: the canonical layout, a calendar moved to another year, a skeleton from a platform's file.

Everything here takes a text and gives a text with its comments kept; what it may say is `reading`'s.
"""
