"""Trying connections and routes out."""
