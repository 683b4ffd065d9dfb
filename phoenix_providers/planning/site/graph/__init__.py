"""The picture of a site: made once from the plan, drawn in several formats."""
