"""Taking over what runs already, and letting go what is gone."""
