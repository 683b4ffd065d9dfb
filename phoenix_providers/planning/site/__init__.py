"""The whole site: from the configuration to the plan, and what the plan says."""
