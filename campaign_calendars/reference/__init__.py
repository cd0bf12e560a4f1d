"""The reference pages, made from models, checks and fields, with their Chinese.

Nothing is declared here that is not declared elsewhere: a page cannot say more than the code.
"""
