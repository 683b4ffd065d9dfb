"""What a run would change, from the plan of the imitated engine and a look at what runs."""
