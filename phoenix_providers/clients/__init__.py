"""Everything that talks to a product; the only place that knows HTTP."""
