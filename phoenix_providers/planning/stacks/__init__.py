"""One stack on one VM: what is deployed, and what stands in its way."""
