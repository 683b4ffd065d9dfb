"""What the property `observed` says of a resource that is as its files declare it."""

AS_DECLARED = "as declared"
