"""What the property `observed` says of a resource that is as its files declare it."""

AS_DECLARED = "as declared"
# So begins what is said of a stack whose engine does not answer, which no gate asks.
NOT_LOOKED_AT = "not looked at: "
