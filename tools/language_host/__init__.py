"""A Python language host for the Pulumi command line where the official one cannot be had.

It serves the part of the language protocol that running a program needs. The gRPC stubs come with the Pulumi SDK.
"""
