"""One file per phase: the only place that creates Pulumi resources and their `depends_on` edges."""
