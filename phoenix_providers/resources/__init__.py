"""Dynamic resources and their providers: thin, one file each.

Module and class names are stored in the state of every user. Never rename them.

What a provider works with is imported by the method that does the work: the program has these modules loaded for the
resources alone, and a run that only looks needs little of what one that deploys does.
"""
