"""What sets a machine up: Python packages from the lock file, and the Pulumi command line, found or built.

Everything here runs with plain Python 3.11, before any package is installed.
"""
