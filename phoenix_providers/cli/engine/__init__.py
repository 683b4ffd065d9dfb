"""The Pulumi engine, its state and its configuration, as commands use them."""
