"""Dynamic resources and their providers: thin, one file each.

Module and class names are stored in the state of every user. Never rename them.
"""
