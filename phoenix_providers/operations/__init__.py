"""How a change is carried out: with clients, by what planning decides, and without Pulumi."""
